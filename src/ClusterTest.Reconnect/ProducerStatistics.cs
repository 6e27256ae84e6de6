namespace ClusterTest.Reconnect;

/// <summary>Counts since a producer's start, in messages.</summary>
/// <param name="Accepted">Messages given to the producer.</param>
/// <param name="Confirmed">Messages confirmed.</param>
/// <param name="InFlight">Messages that are written and not confirmed at this moment.</param>
/// <param name="Republished">Messages written again after a lost channel, a return or a nack: possible duplicates.</param>
/// <param name="Returned">Returns received from the broker.</param>
/// <param name="Nacked">Nacks received from the broker, in messages.</param>
/// <param name="Unresolved">Messages that are accepted and have no result at this moment.</param>
public readonly record struct ProducerStatistics(long Accepted, long Confirmed, int InFlight, long Republished, long Returned, long Nacked, int Unresolved);
