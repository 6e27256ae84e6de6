using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>The result of a published message.</summary>
public abstract record PublishedEvent : ResultEvent
{
    /// <summary>Gets the time from when the message was due, by the rate that was asked for, until it was published; not written if it was in time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Lag { get; init; }
}

/// <summary>The result of a message that the broker did not confirm.</summary>
public abstract record UnconfirmedEvent : PublishedEvent
{
    /// <summary>Gets the time from the publish until the producer gave the message up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Latency { get; init; }
}

/// <summary>A message was confirmed. The timestamp is the time of the confirm.</summary>
public sealed record SentEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    TimeSpan Latency,
    int Attempts) : PublishedEvent
{
    /// <inheritdoc/>
    public override string ToText() => "Sent cluster test message.";
}

/// <summary>A message was written and not confirmed in time: a queue may have it or not.</summary>
public sealed record UnknownEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    int Attempts) : UnconfirmedEvent;

/// <summary>The broker returned, nacked or refused a message until the message's time was over: no queue has it.</summary>
public sealed record ReturnedEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    int Attempts) : UnconfirmedEvent
{
    /// <summary>Gets why the broker did not accept the message.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>A message was never written to a connection: no queue has it.</summary>
public sealed record NotSentEvent(
    string Id,
    string Run,
    [property: JsonPropertyName("seq")] long Sequence) : UnconfirmedEvent;

/// <summary>
/// Messages were due, by the rate that was asked for, and never published: the producer waited for the broker, and did not catch up. The messages were due
/// one after the other, at even intervals.
/// </summary>
/// <param name="Run">The id of the producer's run.</param>
/// <param name="Count">The number of messages.</param>
/// <param name="FirstLag">The time from when the first message was due until the producer continued, which is the time of this event.</param>
/// <param name="LastLag">The time from when the last message was due until the producer continued.</param>
public sealed record OmittedEvent(
    string Run,
    long Count,
    TimeSpan FirstLag,
    TimeSpan LastLag) : ResultEvent;

/// <summary>
/// The producer's summary of its run. The latencies are times from when a message was due until its confirm, in milliseconds. An omitted message counts with
/// the time from when it was due until the producer continued.
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
