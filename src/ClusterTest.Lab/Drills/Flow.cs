namespace ClusterTest.Lab.Drills;

/// <summary>The messages that flowed since a moment.</summary>
/// <param name="Confirmed">Messages that were confirmed.</param>
/// <param name="Received">Different messages that were received.</param>
internal readonly record struct Flow(long Confirmed, long Received);
