using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A message was confirmed; the timestamp is the confirm's.</summary>
public sealed record SentEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    TimeSpan Latency,
    int Attempts) : ResultEvent
{
    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Lag { get; init; }

    /// <inheritdoc/>
    public override string ToText() => "Sent cluster test message.";
}

/// <summary>A message was written but not confirmed in time: a queue may have it or not.</summary>
public sealed record UnknownEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    int Attempts) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Latency { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Lag { get; init; }
}

/// <summary>A message was returned, nacked or refused by the broker until its time was over: no queue has it.</summary>
public sealed record ReturnedEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    int Attempts) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Latency { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Lag { get; init; }

    /// <summary>Gets what the broker has against it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>A message was never written to a connection: no queue has it.</summary>
public sealed record NotSentEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Latency { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Lag { get; init; }
}

/// <summary>
/// Messages were due by the rate asked for and never published: the producer waited for the broker, and did not catch up. They were due one after
/// the other, at even distances.
/// </summary>
/// <param name="Run">The producer's run.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstLag">From the moment at which the first was due until the producer went on, which is the time of this event.</param>
/// <param name="LastLag">The same for the last.</param>
public sealed record OmittedEvent(
    string Run,
    long Count,
    TimeSpan FirstLag,
    TimeSpan LastLag) : ResultEvent;

/// <summary>
/// The producer's account of its run. Latencies are of confirms, in milliseconds, from the moment at which a message was due; those that were
/// omitted count with the time until the producer went on.
/// </summary>
public sealed record ProducerSummaryEvent(
    string Run,
    long Confirmed,
    long Unknown,
    long Returned,
    long NotSent,
    long Republished,
    int Outages,
    double Seconds,
    double Rate,
    [property: JsonPropertyName("latency_ms")] LatencySummary? Latency) : ResultEvent
{
    /// <summary>Gets the number of messages that were due and never published (<see cref="OmittedEvent"/>).</summary>
    public long Omitted { get; init; }
}
