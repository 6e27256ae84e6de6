using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>
/// Something that happened, as one line on standard output: with <c>--output json</c> an object, with <c>--output text</c> the line that
/// people read, if the event has one.
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
    /// <summary>Gets when it happened, by the clock of the wall.</summary>
    [JsonPropertyName("ts")]
    [JsonPropertyOrder(-1)]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// Gets when it happened by the monotonic clock, in microseconds: no change of the wall clock moves it. It is the same for all programs that
    /// read one clock (<see cref="StartedEvent"/>).
    /// </summary>
    /// <value><see langword="null"/>, and not written, where it is not known.</value>
    [JsonPropertyName("mono_us")]
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MonotonicMicroseconds { get; init; }

    /// <summary>Gets which of several writers it is from, where their lines are in one file.</summary>
    /// <value><see langword="null"/>, and not written, in a program's own output.</value>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>Gives the line for people.</summary>
    /// <returns><see langword="null"/> when the event has none.</returns>
    public virtual string? ToText() => null;
}
