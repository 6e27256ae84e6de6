using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A drill begins: the first line of its evidence. With what it holds the drill can be run again, and its report be made from the evidence alone.</summary>
/// <param name="Kind">What is run: <c>drill</c>, <c>soak</c>, <c>watch</c> or <c>demo</c>.</param>
/// <param name="Variant">What this run of the plan varies, such as <c>sessions=2</c>; empty if there is but one.</param>
/// <param name="Clock">As in <see cref="StartedEvent"/>.</param>
/// <param name="Queue">The queue of its messages.</param>
/// <param name="ParkedQueue">Where the consumer moves what it cannot understand.</param>
/// <param name="Environment">What it runs on.</param>
/// <param name="Settings">What was asked for.</param>
public sealed record DrillStartedEvent(
    string Kind,
    string Variant,
    string Clock,
    string Queue,
    string ParkedQueue,
    DrillEnvironment Environment,
    DrillSettings Settings) : ResultEvent;

/// <summary>A drill is over: the last line of its evidence. Without it the evidence was cut off.</summary>
/// <param name="FaultSteps">How many steps of faults were recorded.</param>
/// <param name="Drained">How many messages were found in queues; null if nobody could look to the end.</param>
public sealed record DrillEndedEvent(
    int FaultSteps,
    long? Drained) : ResultEvent;

/// <summary>Something went wrong in a drill that no other event tells.</summary>
/// <param name="Kind">One of <see cref="ProblemKind"/>.</param>
/// <param name="Detail">What, in a sentence.</param>
public sealed record ProblemEvent(
    string Kind,
    string Detail) : ResultEvent;

/// <summary>A step in the life of a fault that a drill injects.</summary>
/// <param name="Id">Number of the fault in its drill, from 1; all its steps have the same.</param>
/// <param name="Fault">Its name, such as <c>kill</c>.</param>
/// <param name="Node">The node that it was done to; null if it concerns no single one.</param>
/// <param name="Role">What was on the node when the fault began: any of <c>leader</c> (of the queue), <c>consumer</c>, <c>producer</c>, with commas; null if nothing was or it is unknown.</param>
/// <param name="Step">One of <see cref="FaultStep"/>.</param>
/// <param name="Clock">As in <see cref="StartedEvent"/>.</param>
/// <param name="Detail">What went wrong.</param>
public sealed record FaultEvent(
    int Id,
    string Fault,
    string? Node,
    string? Role,
    string Step,
    string Clock,
    string? Detail) : ResultEvent
{
    /// <summary>
    /// Gets a value indicating whether whoever injects it makes sure of its effect. If not, it is a command, and its steps tell when that started and
    /// ended: when something broke, if anything did, nobody knows.
    /// </summary>
    /// <value><see langword="null"/>, and not written, where it is not known.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Checked { get; init; }

    /// <summary>Gets a value indicating whether it takes confirmed messages away, as the deletion of a queue does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TakesMessages { get; init; }

    /// <summary>Gets a value indicating whether nothing undoes it, as far as anybody has said: it lasts beyond the drill.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StaysBroken { get; init; }
}

/// <summary>A message was found in a queue, at a node, after the consumers had ended.</summary>
public sealed record DrainedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Queue,
    string Node) : ResultEvent;
