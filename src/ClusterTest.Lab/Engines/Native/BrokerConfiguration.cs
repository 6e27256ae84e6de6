using System.Globalization;
using System.Security.Cryptography;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>The files that a node starts with.</summary>
internal static class BrokerConfiguration
{
    // The brokers' failure detector polls every 5 s by default. A queue whose leader is frozen is without a leader that long.
    internal const string Advanced = "[{aten,[{poll_interval,1000}]}].\n";

    // Since 3.9 the nodes take a lock instead of waiting a random time; since 4.0 a node that finds the setting does not start.
    private static readonly Version WithoutRandomDelay = new(3, 9);

    /// <summary>A node's rabbitmq.conf. The seed, the first node, starts alone, and the others join it.</summary>
    /// <remarks>
    /// Started all at once, the nodes contend for the discovery lock and wait in random steps of up to 8 s (22 s in all, measured).
    /// With one that is there already there is nothing to contend for, nor can two of them found a cluster each.
    /// </remarks>
    /// <param name="node">Its name.</param>
    /// <param name="seed">The first node's.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="secrets">What it lets clients in by; null if by nothing.</param>
    /// <param name="version">The broker's; null if it is not known, and taken for a new one.</param>
    /// <param name="additional">Lines that come last.</param>
    internal static string Render(string node, string seed, int port, LabSecrets? secrets, Version? version, string additional) => string.Create(CultureInfo.InvariantCulture, $"""
        {(secrets is null ? $"listeners.tcp.1 = 127.0.0.1:{port}" : OnlyByTls(port, secrets))}

        cluster_formation.peer_discovery_backend = classic_config
        cluster_formation.classic_config.nodes.1 = {seed}@localhost
        {(node == seed ? "" : $"cluster_formation.classic_config.nodes.2 = {node}@localhost")}
        {(version is not null && version < WithoutRandomDelay ? NoRandomDelay : "")}

        # A lab must run on a nearly full disk, too.
        disk_free_limit.absolute = 50MB

        # Standard output goes to the node's log file, where the words of a VM that dies end up as well.
        log.console = true
        log.console.level = info
        log.console.use_colors = off
        log.file = false

        # The balancer's checks would be three lines a second.
        log.connection.level = error

        {additional}

        """);

    private const string NoRandomDelay = """
        cluster_formation.randomized_startup_delay_range.min = 0
        cluster_formation.randomized_startup_delay_range.max = 0
        """;

    // A node that has definitions to load makes no user guest.
    private static string OnlyByTls(int port, LabSecrets secrets) => string.Create(CultureInfo.InvariantCulture, $"""
        listeners.tcp = none
        listeners.ssl.1 = 127.0.0.1:{port}
        ssl_options.cacertfile = {secrets.AuthorityFile}
        ssl_options.certfile = {secrets.ServerCertificateFile}
        ssl_options.keyfile = {secrets.ServerKeyFile}
        ssl_options.verify = verify_peer
        ssl_options.fail_if_no_peer_cert = true
        ssl_options.versions.1 = tlsv1.3
        ssl_options.versions.2 = tlsv1.2
        load_definitions = {secrets.DefinitionsFile}
        """);

    /// <summary>The secret by which the nodes and rabbitmqctl trust each other, readable by the user alone, as Erlang demands.</summary>
    internal static void WriteCookie(string home)
    {
        var file = Path.Combine(home, ".erlang.cookie");
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        stream.Write(System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32)));
    }
}
