namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>How far a TLS handshake got.</summary>
/// <param name="SawServer">Whether the server has shown its certificate, and so speaks TLS.</param>
/// <param name="WasAsked">Whether the server asked for a client certificate although none is configured.</param>
/// <param name="ShowsCertificate">Whether a client certificate is configured.</param>
internal readonly record struct TlsProgress(bool SawServer = false, bool WasAsked = false, bool ShowsCertificate = false);
