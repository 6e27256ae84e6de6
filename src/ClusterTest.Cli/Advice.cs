using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>
/// What a user of the programs can do about a failure. The library's advice names options of the library; this class replaces them with flags of the
/// programs.
/// </summary>
public static class Advice
{
    private const string ClientCertificate = $"{nameof(TlsOptions)}.{nameof(TlsOptions.ClientCertificate)}";

    // The first entry comes before the second, since a separate flag gives the key of a certificate.
    private static readonly (string Option, string Flag)[] Flags =
    [
        ($"{ClientCertificate}, and its key", $"{TlsFileOptions.ClientCertificate}, and its key with {TlsFileOptions.ClientKey}"),
        (ClientCertificate, TlsFileOptions.ClientCertificate),
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.TrustedAuthorities)}", TlsFileOptions.Authorities),
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.ServerName)}", TlsFileOptions.ServerName),
        ($"{nameof(Topology)}.{nameof(Topology.Predeclared)}", TopologyOptions.PredeclaredFlag),
        ($"{nameof(Topology)}.{nameof(Topology.QueueType)}", TopologyOptions.QueueTypeFlag),
    ];

    /// <summary>Gives the advice about a failure in the words of the programs; empty when nothing needs to be done.</summary>
    public static string For(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return InFlags(failure.Advice);
    }

    /// <summary>Replaces the library's options in a text with the programs' flags.</summary>
    internal static string InFlags(string advice) =>
        Flags.Aggregate(advice, static (text, flag) => text.Replace(flag.Option, flag.Flag, StringComparison.Ordinal));
}
