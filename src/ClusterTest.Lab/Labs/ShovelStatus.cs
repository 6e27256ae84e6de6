using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Labs;

/// <summary>A Shovel at one moment.</summary>
/// <param name="Queue">The queue whose messages the Shovel carries, and the Shovel's name.</param>
/// <param name="Source">A node of the group that the messages are taken from.</param>
/// <param name="Destination">The node that the messages are published to.</param>
/// <param name="Node">The node that the Shovel runs on; null while it runs on none.</param>
/// <param name="State">
/// RabbitMQ's word for the state: <c>running</c>, <c>starting</c>, <c>terminated</c>. <c>missing</c> if there should be a Shovel and is none, <c>unknown</c>
/// if no node of the source runs.
/// </param>
/// <param name="Backlog">How many messages the Shovel has still to carry; null if that is unknown.</param>
/// <param name="Problem">What is wrong with the Shovel, as a sentence; null if nothing is known to be.</param>
public sealed record ShovelStatus(string Queue, string Source, string Destination, string? Node, string State, long? Backlog, string? Problem)
{
    /// <summary>The Shovel with what its link explains: over a link that is not whole, nobody answers, whoever runs at its other end.</summary>
    /// <param name="link">The link that the Shovel goes over; null if it is down.</param>
    internal ShovelStatus Over(LinkState? link) => Problem == ShovelReport.NobodyAnswersAt(Destination) && link?.Setting != LinkSetting.Whole
        ? this with { Problem = $"The Shovel does not reach {Destination}: the link is {link?.Setting.Word ?? "down"}." }
        : this;
}
