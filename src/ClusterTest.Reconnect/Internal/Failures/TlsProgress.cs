namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>How far a TLS handshake came.</summary>
/// <param name="SawServer">Whether the server has shown its certificate: it does speak TLS.</param>
/// <param name="WasAsked">Whether the server asked for a certificate while there was none to show.</param>
/// <param name="ShowsCertificate">Whether there is one to show.</param>
internal readonly record struct TlsProgress(bool SawServer = false, bool WasAsked = false, bool ShowsCertificate = false);
