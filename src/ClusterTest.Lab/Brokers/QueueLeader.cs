using System.Globalization;
using System.Text;

namespace ClusterTest.Lab.Brokers;

/// <summary>
/// Asks a node which node leads a queue. Unlike <c>rabbitmqctl list_queues</c>, the command reads only the asked node's own data, so it answers even while
/// other nodes are frozen.
/// </summary>
internal static class QueueLeader
{
    private const string NoQueue = "none";

    /// <summary>The arguments of rabbitmqctl for a queue in the virtual host <c>/</c>.</summary>
    internal static string[] CommandFor(string queue)
    {
        // The name is written as numbers, so that no character of it has a meaning in Erlang.
        var name = string.Join(',', Encoding.UTF8.GetBytes(queue).Select(static octet => octet.ToString(CultureInfo.InvariantCulture)));
        return
        [
            "eval",
            $"case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<{name}>>)) of {{ok, Queue}} -> amqqueue:qnode(Queue); _ -> {NoQueue} end.",
        ];
    }

    /// <summary>The short name of the node in the answer, which is like <c>rabbit1@localhost</c>; null if there is no such queue.</summary>
    internal static string? Parse(string output) => output.Trim().Trim('\'') is var answer and not NoQueue ? ErlangNode.ShortNameOf(answer) : null;
}
