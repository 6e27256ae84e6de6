using System.Globalization;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A session of the consumer (re)started consuming.</summary>
public sealed record ReadyEvent(
    [property: JsonPropertyName("session")] int Session,
    [property: JsonPropertyName("generation")] int Generation,
    [property: JsonPropertyName("endpoint")] string Endpoint) : ResultEvent
{
    /// <inheritdoc/>
    public override string ToText() => "Ready for testing!";
}

/// <summary>A message was received. <paramref name="Run"/> and <paramref name="Sequence"/> are its producer's; other programs send none.</summary>
public sealed record ReceivedEvent(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("run")] string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("time")] double Time,
    [property: JsonPropertyName("redelivered")] bool Redelivered,
    [property: JsonPropertyName("session")] int Session) : ResultEvent
{
    /// <summary>Gets when the message was due to be published, by its producer's monotonic clock; other programs do not tell.</summary>
    [JsonPropertyName("due_us")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DueMicroseconds { get; init; }

    /// <summary>Gets why its body is not what its producer sent; null if it is, or if nobody can tell.</summary>
    [JsonPropertyName("damage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Damage { get; init; }

    /// <inheritdoc/>
    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"Received: {Content}/{Math.Floor(Time):F0}");
}

/// <summary>A message was moved to the parked queue: it is no test message, or it came back too often.</summary>
public sealed record ParkedEvent(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("run")] string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("session")] int Session) : ResultEvent;

/// <summary>The consumer's account of its run.</summary>
public sealed record ConsumerSummaryEvent(
    [property: JsonPropertyName("received")] long Received,
    [property: JsonPropertyName("distinct")] long Distinct,
    [property: JsonPropertyName("duplicates")] long Duplicates,
    [property: JsonPropertyName("out_of_order")] long OutOfOrder,
    [property: JsonPropertyName("redelivered")] long Redelivered,
    [property: JsonPropertyName("parked")] long Parked,
    [property: JsonPropertyName("stale_acks")] long StaleAcks,
    [property: JsonPropertyName("outages")] int Outages,
    [property: JsonPropertyName("longest_silence_ms")] double LongestSilenceMilliseconds) : ResultEvent
{
    /// <summary>Gets how many of those received were no test messages: they have no line of their own until they are parked.</summary>
    [JsonPropertyName("unreadable")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Unreadable { get; init; }
}
