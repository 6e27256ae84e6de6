using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Brokers;

/// <summary>
/// Reads the output of <c>rabbitmqctl list_connections pid client_properties</c>. It reads text, because the pid in rabbitmqctl's JSON does not contain the
/// node.
/// </summary>
internal static partial class ClientConnections
{
    /// <summary>The arguments of rabbitmqctl.</summary>
    internal static readonly string[] Command = ["list_connections", "--quiet", "--no-table-headers", "pid", "client_properties"];

    /// <summary>The connections whose clients gave them a name.</summary>
    internal static IEnumerable<ClientConnection> Parse(string output) =>
        Connection().Matches(output).Select(static match =>
            new ClientConnection(ErlangNode.ShortNameOf(match.Groups["node"].Value), match.Groups["name"].Value));

    // <rabbit2@localhost.1795354935.745.0>	[{"product","RabbitMQ"},{"connection_name","mine"}]
    [GeneratedRegex("""^<(?<node>[^@>]+@[^.>]+)\..*\{"connection_name","(?<name>[^"]*)"\}""", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Connection();
}
