using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>
/// An event of a program, written as one line on standard output: with <c>--output json</c> an object, with <c>--output text</c> a line for people, if the
/// event has one.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(StartedEvent), "started")]
[JsonDerivedType(typeof(ReadyEvent), "ready")]
[JsonDerivedType(typeof(ReceivedEvent), "received")]
[JsonDerivedType(typeof(ParkedEvent), "parked")]
[JsonDerivedType(typeof(ConsumerSummaryEvent), "consumer-summary")]
[JsonDerivedType(typeof(SentEvent), "sent")]
[JsonDerivedType(typeof(UnknownEvent), "unknown")]
[JsonDerivedType(typeof(ReturnedEvent), "returned")]
[JsonDerivedType(typeof(NotSentEvent), "not-sent")]
[JsonDerivedType(typeof(OmittedEvent), "omitted")]
[JsonDerivedType(typeof(ProducerSummaryEvent), "producer-summary")]
[JsonDerivedType(typeof(LostConnectionEvent), "lost-connection")]
[JsonDerivedType(typeof(RecoveredEvent), "recovered")]
[JsonDerivedType(typeof(FatalEvent), "fatal")]
[JsonDerivedType(typeof(DrillStartedEvent), "drill-started")]
[JsonDerivedType(typeof(FaultEvent), "fault")]
[JsonDerivedType(typeof(ProblemEvent), "problem")]
[JsonDerivedType(typeof(DrainedEvent), "drained")]
[JsonDerivedType(typeof(DrillEndedEvent), "drill-ended")]
public abstract record ResultEvent
{
    /// <summary>Gets when the event happened, by the wall clock.</summary>
    [JsonPropertyName("ts")]
    [JsonPropertyOrder(-1)]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// Gets when the event happened by the monotonic clock, in microseconds. A change of the wall clock does not affect this time, and programs that read the
    /// same clock (<see cref="StartedEvent"/>) can compare it.
    /// </summary>
    /// <value><see langword="null"/>, and not written, where this time is not known.</value>
    [JsonPropertyName("mono_us")]
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MonotonicMicroseconds { get; init; }

    /// <summary>Gets the writer of the event (<see cref="EventWriter"/>), where the events of several writers are in one file.</summary>
    /// <value><see langword="null"/>, and not written, in a program's own output.</value>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>Gives the line for people.</summary>
    /// <returns>The line; <see langword="null"/> when the event has none.</returns>
    public virtual string? ToText() => null;
}
