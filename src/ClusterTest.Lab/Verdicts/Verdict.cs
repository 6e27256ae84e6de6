namespace ClusterTest.Lab.Verdicts;

/// <summary>What became of the messages of one run.</summary>
/// <param name="Confirmed">Messages that the broker confirmed to the producer.</param>
/// <param name="Received">Different messages that the consumer received.</param>
/// <param name="Lost">Ids of confirmed messages that the consumer never received.</param>
/// <param name="Duplicated">Deliveries beyond the first of a message.</param>
/// <param name="Recovered">Messages that were never confirmed to the producer in time, and yet received.</param>
/// <param name="Outage">Longest silence at the consumer around the fault. It includes the ordinary time from one message to the next.</param>
public sealed record Verdict(int Confirmed, int Received, IReadOnlyList<string> Lost, int Duplicated, int Recovered, TimeSpan Outage);
