using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Drills;

/// <summary>The settings in which the runs of one plan differ.</summary>
/// <param name="Name">The setting that differs, such as <c>sessions=2</c>, or the name of a topology; empty if there is only one variant.</param>
/// <param name="Sessions">The number of sessions of each program.</param>
/// <param name="QueueType">The type of the queue.</param>
internal sealed record Variant(string Name, int Sessions, QueueType QueueType)
{
    /// <summary>When a Shovel acknowledges a message, as in <see cref="ShovelDefinition.AckMode"/>.</summary>
    internal string AckMode { get; init; } = ShovelDefinition.OnConfirm;

    /// <summary>What a comparison of topologies says of the variant beside its numbers; null in other drills.</summary>
    internal IReadOnlyList<TopologyProperty>? Properties { get; init; }

    /// <summary>Whether the other variants prove something without this one, because nobody asked for it by name.</summary>
    internal bool MayBeSkipped { get; init; }
}
