using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Clusters;

/// <summary>Reads <c>rabbitmqctl list_connections pid client_properties</c>, as text: its JSON leaves the node out of the pid.</summary>
internal static partial class ClientConnections
{
    /// <summary>What to ask for.</summary>
    internal static readonly string[] Command = ["list_connections", "--quiet", "--no-table-headers", "pid", "client_properties"];

    /// <summary>The nodes of the connections with a <c>connection_name</c>, one for each connection.</summary>
    internal static IEnumerable<string> NodesOf(string clientName, string output) =>
        output.Split('\n')
            .Where(line => line.Contains($$"""{"connection_name","{{clientName}}"}""", StringComparison.Ordinal))
            .Select(static line => NodeOfPid().Match(line))
            .Where(static pid => pid.Success)
            .Select(static pid => pid.Groups["node"].Value);

    // <rabbit2@localhost.1795354935.745.0>
    [GeneratedRegex("^<(?<node>[^@>]+)@", RegexOptions.ExplicitCapture)]
    private static partial Regex NodeOfPid();
}
