using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>
/// A drill begins. This is the first line of the drill's evidence. It contains everything that is needed to run the drill again, and to make the report from
/// the evidence alone.
/// </summary>
/// <param name="Kind">The kind of run: <c>drill</c>, <c>soak</c>, <c>watch</c>, <c>demo</c> or <c>comparison</c>.</param>
/// <param name="Variant">
/// What differs between the runs of one comparison, such as <c>sessions=2</c>, or the name of a topology; empty without a comparison.
/// </param>
/// <param name="Clock">The clock, as in <see cref="StartedEvent"/>.</param>
/// <param name="Queue">The queue of the drill's messages.</param>
/// <param name="ParkedQueue">The queue for messages that the consumer cannot read.</param>
/// <param name="Environment">The machine, the cluster and the versions.</param>
/// <param name="Settings">The settings that the user asked for.</param>
public sealed record DrillStartedEvent(
    string Kind,
    string Variant,
    string Clock,
    string Queue,
    string ParkedQueue,
    DrillEnvironment Environment,
    DrillSettings Settings) : ResultEvent
{
    /// <summary>Gets what a comparison of topologies says of the topology of this run, beside the numbers.</summary>
    /// <value><see langword="null"/>, and not written, in other runs.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TopologyProperty>? Properties { get; init; }
}

/// <summary>A drill is over. This is the last line of the drill's evidence; without it the evidence is incomplete.</summary>
/// <param name="FaultSteps">The number of recorded steps of faults.</param>
/// <param name="Drained">The number of messages that were found in queues; null if not all queues could be emptied.</param>
public sealed record DrillEndedEvent(
    int FaultSteps,
    long? Drained) : ResultEvent;

/// <summary>Something went wrong in a drill that no other event describes.</summary>
/// <param name="Kind">One of <see cref="ProblemKind"/>.</param>
/// <param name="Detail">What went wrong, in a sentence.</param>
public sealed record ProblemEvent(
    string Kind,
    string Detail) : ResultEvent;

/// <summary>A step in the life of a fault that a drill injects.</summary>
/// <param name="Id">Number of the fault in its drill, from 1. All steps of a fault have the same number.</param>
/// <param name="Fault">Name of the fault, such as <c>kill</c>.</param>
/// <param name="Node">The node that the fault hits; null if the fault does not concern one single node.</param>
/// <param name="Role">
/// What was on the node when the fault began: any of <c>leader</c> (of the queue), <c>consumer</c>, <c>producer</c>, separated by commas; null if none of
/// them was there, or if nobody knows.
/// </param>
/// <param name="Step">One of <see cref="FaultStep"/>.</param>
/// <param name="Clock">The clock, as in <see cref="StartedEvent"/>.</param>
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
    /// Gets a value indicating whether the lab checks the effect of the fault. If not, the fault is a command, and its steps say when the command started and
    /// ended. Then nobody knows when something broke, if anything broke at all.
    /// </summary>
    /// <value><see langword="null"/>, and not written, where this is not known.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Checked { get; init; }

    /// <summary>Gets a value indicating whether the fault removes confirmed messages, as the deletion of a queue does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TakesMessages { get; init; }

    /// <summary>Gets a value indicating whether the fault lasts beyond the drill, because nobody gave a command that undoes it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StaysBroken { get; init; }

    /// <summary>Gets how a cluster manager moved or restarted the broker after the fault. The step <see cref="FaultStep.Healing"/> tells it.</summary>
    /// <value><see langword="null"/>, and not written, where no cluster manager did.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailoverTimes? Failover { get; init; }

    /// <summary>
    /// Gets a value indicating whether the fault is over when it has taken effect, as a restart is: what it was done to is whole then. Its step
    /// <see cref="FaultStep.Healing"/> comes later, and finds nothing to heal.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OverWhenEffective { get; init; }
}

/// <summary>A message was found in a queue, at a node, after the consumers had ended.</summary>
public sealed record DrainedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Queue,
    string Node) : ResultEvent;
