using System.Globalization;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A session of the consumer has started to consume, for the first time or again.</summary>
public sealed record ReadyEvent(
    int Session,
    int Generation,
    string Endpoint) : ResultEvent
{
    /// <inheritdoc/>
    public override string ToText() => "Ready for testing!";
}

/// <summary>
/// A message was received. <paramref name="Run"/> and <paramref name="Sequence"/> come from our producer; messages of other programs have none.
/// </summary>
public sealed record ReceivedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Content,
    double Time,
    bool Redelivered,
    int Session) : ResultEvent
{
    /// <summary>Gets when the message was due to be published, by its producer's monotonic clock. Messages of other programs do not say.</summary>
    [JsonPropertyName("due_us")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DueMicroseconds { get; init; }

    /// <summary>Gets how the body differs from the body that the producer sent; null if it does not differ, or if nobody can tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Damage { get; init; }

    /// <inheritdoc/>
    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"Received: {Content}/{Math.Floor(Time):F0}");
}

/// <summary>A message was moved to the parked queue, because it is no test message or came back too often.</summary>
public sealed record ParkedEvent(
    string? Id,
    string? Run,
    [property: JsonPropertyName("seq")] long? Sequence,
    string Reason,
    int Session) : ResultEvent;

/// <summary>The consumer's summary of its run.</summary>
/// <param name="Received">The number of messages that the consumer received.</param>
/// <param name="Distinct">The number of different messages among them.</param>
/// <param name="Duplicates">The number of messages that the consumer had received before.</param>
/// <param name="OutOfOrder">The number of messages that came for the first time after a later message of their run.</param>
/// <param name="Redelivered">The number of messages that the broker marked as redelivered.</param>
/// <param name="Parked">The number of messages that the consumer moved to the parked queue.</param>
/// <param name="StaleAcks">The number of acks that were dropped because their channel was gone.</param>
/// <param name="Outages">The number of the sessions' interruptions.</param>
/// <param name="LongestSilence">The longest time between two received messages.</param>
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
    /// <summary>Gets how many received messages were no test messages. Such a message has no event before it is parked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Unreadable { get; init; }
}
