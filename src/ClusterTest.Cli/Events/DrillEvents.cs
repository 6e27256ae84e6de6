using System.Text.Json.Serialization;

namespace ClusterTest.Cli.Events;

/// <summary>A step in the life of a fault that a drill injects.</summary>
/// <param name="Id">Number of the fault in its drill, from 1; all its steps have the same.</param>
/// <param name="Fault">Its name, such as <c>kill</c>.</param>
/// <param name="Node">The node that it was done to; null if it concerns no single one.</param>
/// <param name="Role">What was on the node when the fault began: any of <c>leader</c> (of the queue), <c>consumer</c>, <c>producer</c>, with commas; null if nothing was or it is unknown.</param>
/// <param name="Step">One of <see cref="FaultStep"/>.</param>
/// <param name="Clock">As in <see cref="StartedEvent"/>.</param>
/// <param name="Detail">What went wrong.</param>
public sealed record FaultEvent(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("fault")] string Fault,
    [property: JsonPropertyName("node")] string? Node,
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("step")] string Step,
    [property: JsonPropertyName("clock")] string Clock,
    [property: JsonPropertyName("detail")] string? Detail) : ResultEvent
{
    /// <summary>
    /// Gets a value indicating whether whoever injects it makes sure of its effect. If not, it is a command, and its steps tell when that started and
    /// ended: when something broke, if anything did, nobody knows.
    /// </summary>
    /// <value><see langword="null"/>, and not written, where it is not known.</value>
    [JsonPropertyName("checked")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Checked { get; init; }
}

/// <summary>A message was found in a queue, at a node, after the consumers had ended.</summary>
public sealed record DrainedEvent(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("run")] string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    [property: JsonPropertyName("queue")] string Queue,
    [property: JsonPropertyName("node")] string Node) : ResultEvent;
