namespace ClusterTest.Reconnect;

/// <summary>Counts since a consumer's start, in messages.</summary>
/// <param name="Received">Messages given to the handler, including redeliveries.</param>
/// <param name="Acked">Acks written.</param>
/// <param name="Retried">Messages put back into the queue.</param>
/// <param name="Parked">Messages moved to the parked queue.</param>
/// <param name="StaleAcks">Acks dropped because their channel was gone; the broker delivers those messages again.</param>
public readonly record struct ConsumerStatistics(long Received, long Acked, long Retried, long Parked, long StaleAcks);
