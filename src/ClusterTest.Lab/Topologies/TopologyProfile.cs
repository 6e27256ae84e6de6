using ClusterTest.Events;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// What <c>compare</c> says of a topology, with one type of queue, beside the numbers that it measures. Each text is a short phrase for a cell of a table,
/// without a capital and a full stop.
/// </summary>
/// <param name="QueueType">The type of the queue. A comparison runs the topology once with each type that it has a profile of.</param>
public sealed record TopologyProfile(QueueType QueueType)
{
    private const string NotSaid = "-";

    /// <summary>How many machines are needed, so that no single machine stops the service; or which one always does.</summary>
    public string Machines { get; init; } = NotSaid;

    /// <summary>What happens to the messages that are in a queue when the node that serves the queue dies.</summary>
    public string OldMessages { get; init; } = NotSaid;

    /// <summary>Whether the nodes may have different versions of RabbitMQ.</summary>
    public string Versions { get; init; } = NotSaid;

    /// <summary>Whether the service survives when everything at one site is gone.</summary>
    public string LossOfSite { get; init; } = NotSaid;

    /// <summary>Who sees to it that the clients are served again when the node that serves them dies.</summary>
    public string FailsOver { get; init; } = NotSaid;

    /// <summary>The texts with their names, in the order of the table.</summary>
    internal IReadOnlyList<TopologyProperty> Properties =>
    [
        new("machines needed", Machines),
        new("messages on a dead node", OldMessages),
        new("versions may differ", Versions),
        new("survives loss of a site", LossOfSite),
        new("who fails over", FailsOver),
    ];
}
