using System.Globalization;
using System.Text;

namespace ClusterTest.Lab.Brokers;

/// <summary>Asks a node who leads a queue. Unlike <c>rabbitmqctl list_queues</c> it answers from what it knows itself, also while others are frozen.</summary>
internal static class QueueLeader
{
    private const string NoQueue = "none";

    /// <summary>What to ask for a queue in the virtual host <c>/</c>.</summary>
    internal static string[] CommandFor(string queue)
    {
        // As numbers, no character of a name has a meaning of its own.
        var name = string.Join(',', Encoding.UTF8.GetBytes(queue).Select(static octet => octet.ToString(CultureInfo.InvariantCulture)));
        return
        [
            "eval",
            $"case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<{name}>>)) of {{ok, Queue}} -> amqqueue:qnode(Queue); _ -> {NoQueue} end.",
        ];
    }

    /// <summary>The node in the answer, <c>rabbit1@localhost</c>, by its short name; null if there is no such queue.</summary>
    internal static string? Parse(string output) => output.Trim().Trim('\'') is var answer and not NoQueue ? ErlangNode.ShortNameOf(answer) : null;
}
