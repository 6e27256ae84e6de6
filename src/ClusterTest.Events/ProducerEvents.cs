using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A message was confirmed; the timestamp is the confirm's.</summary>
public sealed record SentEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    [property: JsonPropertyName("latency_ms")] double LatencyMilliseconds,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent
{
    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonPropertyName("lag_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LagMilliseconds { get; init; }

    /// <inheritdoc/>
    public override string ToText() => "Sent cluster test message.";
}

/// <summary>A message was written but not confirmed in time: a queue may have it or not.</summary>
public sealed record UnknownEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonPropertyName("latency_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LatencyMilliseconds { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonPropertyName("lag_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LagMilliseconds { get; init; }
}

/// <summary>A message was returned, nacked or refused by the broker until its time was over: no queue has it.</summary>
public sealed record ReturnedEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonPropertyName("latency_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LatencyMilliseconds { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonPropertyName("lag_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LagMilliseconds { get; init; }

    /// <summary>Gets what the broker has against it.</summary>
    [JsonPropertyName("reason")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>A message was never written to a connection: no queue has it.</summary>
public sealed record NotSentEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("seq")] long Sequence) : ResultEvent
{
    /// <summary>Gets the time from publishing it to giving it up.</summary>
    [JsonPropertyName("latency_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LatencyMilliseconds { get; init; }

    /// <summary>Gets the time from the moment at which it was due, by the rate asked for, until it was published; not written if it was in time.</summary>
    [JsonPropertyName("lag_ms")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LagMilliseconds { get; init; }
}

/// <summary>
/// Messages were due by the rate asked for and never published: the producer waited for the broker, and did not catch up. They were due one after
/// the other, at even distances.
/// </summary>
/// <param name="Run">The producer's run.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstLagMilliseconds">From the moment at which the first was due until the producer went on, which is the time of this event.</param>
/// <param name="LastLagMilliseconds">The same for the last.</param>
public sealed record OmittedEvent(
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("first_lag_ms")] double FirstLagMilliseconds,
    [property: JsonPropertyName("last_lag_ms")] double LastLagMilliseconds) : ResultEvent;

/// <summary>
/// The producer's account of its run. Latencies are of confirms, in milliseconds, from the moment at which a message was due; those that were
/// omitted count with the time until the producer went on.
/// </summary>
public sealed record ProducerSummaryEvent(
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("confirmed")] long Confirmed,
    [property: JsonPropertyName("unknown")] long Unknown,
    [property: JsonPropertyName("returned")] long Returned,
    [property: JsonPropertyName("not_sent")] long NotSent,
    [property: JsonPropertyName("republished")] long Republished,
    [property: JsonPropertyName("outages")] int Outages,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("rate")] double Rate,
    [property: JsonPropertyName("latency_ms")] LatencySummary? Latency) : ResultEvent
{
    /// <summary>Gets the number of messages that were due and never published (<see cref="OmittedEvent"/>).</summary>
    [JsonPropertyName("omitted")]
    public long Omitted { get; init; }
}
