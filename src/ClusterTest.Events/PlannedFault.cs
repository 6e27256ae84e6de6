using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A fault of a drill's plan. Durations are written in milliseconds.</summary>
/// <param name="Id">The fault's number in the plan, from 1.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="Node">The node that the fault hits; null if it does not concern one single node, or if the drill chooses the node later.</param>
/// <param name="At">The time of the injection, from the beginning of the faults; null in a drill, where each fault waits for the end of the one before.</param>
/// <param name="Hold">The shortest time that the fault lasts.</param>
public sealed record PlannedFault(
    int Id,
    string Fault,
    string? Node,
    TimeSpan? At,
    TimeSpan Hold)
{
    /// <summary>
    /// Gets what the node is found by when the fault begins, as in <see cref="FaultEvent.Role"/>; null if the node is given, or there is none. A fault's event
    /// has the node that was found.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NodeOf { get; init; }

    /// <summary>Gets the fault and the node, for people.</summary>
    [JsonIgnore]
    public string Name => Node is null ? Fault : $"{Fault} {Node}";
}
