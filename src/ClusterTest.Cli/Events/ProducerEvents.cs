using System.Text.Json.Serialization;

namespace ClusterTest.Cli.Events;

/// <summary>A message was confirmed; the timestamp is the confirm's.</summary>
public sealed record SentEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("seq")] long Sequence,
    [property: JsonPropertyName("latency_ms")] double LatencyMilliseconds,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent
{
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
}

/// <summary>The producer's account of its run. Latencies are of confirms, in milliseconds.</summary>
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
    [property: JsonPropertyName("latency_ms")] LatencySummary? Latency) : ResultEvent;
