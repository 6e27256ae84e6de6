using System.Globalization;
using System.Security.Cryptography;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>The files that a node starts with.</summary>
internal static class BrokerConfiguration
{
    // RabbitMQ's failure detector polls every 5 s by default. A queue whose leader is frozen has no leader for that long.
    internal const string Advanced = "[{aten,[{poll_interval,1000}]}].\n";

    // Since RabbitMQ 3.9, nodes take a lock instead of waiting a random time; since 4.0, a node with the setting does not start.
    private static readonly Version WithoutRandomDelay = new(3, 9);

    /// <summary>Makes a node's rabbitmq.conf. The seed, which is the first node, starts alone, and the other nodes join it.</summary>
    /// <remarks>
    /// If all nodes start at once, they contend for the discovery lock and wait in random steps of up to 8 s (22 s in all, measured).
    /// If one node runs already, there is no contention, and no two nodes can found a cluster each.
    /// </remarks>
    /// <param name="node">The node's name.</param>
    /// <param name="seed">The name of the first node.</param>
    /// <param name="port">The port that the node listens on.</param>
    /// <param name="secrets">The certificates and users of a secure lab; null for an open lab.</param>
    /// <param name="version">The version of RabbitMQ; null if it is unknown, which counts as a new version.</param>
    /// <param name="additional">Lines for the end of the file.</param>
    internal static string Render(
        string node, string seed, int port, LabSecrets? secrets, Version? version, string additional) => string.Create(CultureInfo.InvariantCulture, $"""
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

    // A node that loads definitions creates no user guest.
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

    /// <summary>
    /// Writes the Erlang cookie, the secret by which the nodes and rabbitmqctl trust each other. Only the user may read it, as Erlang demands.
    /// </summary>
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
