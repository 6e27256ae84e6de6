using System.Globalization;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A session of the consumer (re)started consuming.</summary>
public sealed record ReadyEvent(
    int Session,
    int Generation,
    string Endpoint) : ResultEvent
{
    /// <inheritdoc/>
    public override string ToText() => "Ready for testing!";
}

/// <summary>A message was received. <paramref name="Run"/> and <paramref name="Sequence"/> are its producer's; other programs send none.</summary>
public sealed record ReceivedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Content,
    double Time,
    bool Redelivered,
    int Session) : ResultEvent
{
    /// <summary>Gets when the message was due to be published, by its producer's monotonic clock; other programs do not tell.</summary>
    [JsonPropertyName("due_us")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DueMicroseconds { get; init; }

    /// <summary>Gets why its body is not what its producer sent; null if it is, or if nobody can tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Damage { get; init; }

    /// <inheritdoc/>
    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"Received: {Content}/{Math.Floor(Time):F0}");
}

/// <summary>A message was moved to the parked queue: it is no test message, or it came back too often.</summary>
public sealed record ParkedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Reason,
    int Session) : ResultEvent;

/// <summary>The consumer's account of its run.</summary>
public sealed record ConsumerSummaryEvent(
    long Received,
    long Distinct,
    long Duplicates,
    long OutOfOrder,
    long Redelivered,
    long Parked,
    long StaleAcks,
    int Outages,
    TimeSpan LongestSilence) : ResultEvent
{
    /// <summary>Gets how many of those received were no test messages: they have no line of their own until they are parked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Unreadable { get; init; }
}
