namespace ClusterTest.Lab.Drills;

/// <summary>The names that only one run uses, so that its queues and connections can be recognized and removed.</summary>
internal sealed class DrillNames
{
    /// <summary>The name of the exchange and the queue, and the routing key. The permissions for the programs' default names cover it.</summary>
    internal string Queue { get; } = $"cluster_test_drill_{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>The queue to which the consumer parks messages that it cannot understand.</summary>
    internal string ParkedQueue => $"{Queue}.parked";

    /// <summary>The consumer's connection name. The names of further sessions have the session's number at the end.</summary>
    internal string Consumer => $"{Queue}-consumer";

    /// <summary>The producer's connection name.</summary>
    internal string Producer => $"{Queue}-producer";
}
