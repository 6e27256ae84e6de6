using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A fault that is to be injected. Durations are milliseconds.</summary>
/// <param name="Id">Its number in the plan, from 1.</param>
/// <param name="Fault">Its name.</param>
/// <param name="Node">Where; null if it concerns no single node, or if that is decided when its time has come.</param>
/// <param name="At">When, from the beginning of the faults; null in a drill, where each waits for the one before to be over.</param>
/// <param name="Hold">How long it lasts at least.</param>
public sealed record PlannedFault(
    int Id,
    string Fault,
    string? Node,
    TimeSpan? At,
    TimeSpan Hold)
{
    /// <summary>Gets what is done to whom, for people.</summary>
    [JsonIgnore]
    public string Name => Node is null ? Fault : $"{Fault} {Node}";
}
