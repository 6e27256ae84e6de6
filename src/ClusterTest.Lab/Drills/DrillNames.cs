namespace ClusterTest.Lab.Drills;

/// <summary>The names that one run uses, and nobody else: what it leaves behind can be told, and removed.</summary>
internal sealed class DrillNames
{
    /// <summary>Exchange, queue and routing key. It begins like the programs' own names do, so their permissions cover it.</summary>
    internal string Queue { get; } = $"cluster_test_drill_{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Where the consumer moves what it cannot understand.</summary>
    internal string ParkedQueue => $"{Queue}.parked";

    /// <summary>The consumer's connection name; a further session's has its number behind it.</summary>
    internal string Consumer => $"{Queue}-consumer";

    /// <summary>The producer's connection name.</summary>
    internal string Producer => $"{Queue}-producer";
}
