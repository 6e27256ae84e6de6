using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>What a user of the programs can do about a failure. The library names its own options; the programs have flags for them.</summary>
public static class Advice
{
    // The longer ones first: a flag of its own gives the key of a certificate.
    private static readonly (string Option, string Flag)[] Flags =
    [
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.ClientCertificate)}, and its key", $"{TlsFileOptions.ClientCertificate}, and its key with {TlsFileOptions.ClientKey}"),
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.ClientCertificate)}", TlsFileOptions.ClientCertificate),
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.TrustedAuthorities)}", TlsFileOptions.Authorities),
        ($"{nameof(TlsOptions)}.{nameof(TlsOptions.ServerName)}", TlsFileOptions.ServerName),
        ($"{nameof(Topology)}.{nameof(Topology.Predeclared)}", TopologyOptions.PredeclaredFlag),
        ($"{nameof(Topology)}.{nameof(Topology.QueueType)}", TopologyOptions.QueueTypeFlag),
    ];

    /// <summary>Gives what can be done about a failure; empty when nothing needs to be done.</summary>
    public static string For(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return InFlags(failure.Advice);
    }

    /// <summary>Gives advice of the library in the words of the programs.</summary>
    internal static string InFlags(string advice) => Flags.Aggregate(advice, static (text, flag) => text.Replace(flag.Option, flag.Flag, StringComparison.Ordinal));
}
