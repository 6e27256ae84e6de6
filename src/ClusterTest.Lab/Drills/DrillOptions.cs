namespace ClusterTest.Lab.Drills;

/// <summary>What was asked for.</summary>
internal sealed record DrillOptions
{
    internal const double DefaultRate = 200;

    internal static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(2);

    // Beside a frozen node stop_app takes over one minute.
    internal static readonly TimeSpan DefaultFaultTimeout = TimeSpan.FromSeconds(130);

    /// <summary>One of <see cref="DrillKind"/>.</summary>
    internal required string Kind { get; init; }

    /// <summary>Names of the faults, in order; empty for those that are done where nobody names any.</summary>
    internal required IReadOnlyList<string> Faults { get; init; }

    /// <summary>The nodes that take a turn; empty if all do.</summary>
    internal IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Whether just the node that the consumer is on takes a turn, wherever that is by then.</summary>
    internal bool AtConsumer { get; init; }

    /// <summary>How often to go through all nodes.</summary>
    internal int Rounds { get; init; } = 1;

    /// <summary>Messages a second.</summary>
    internal double Rate { get; init; } = DefaultRate;

    /// <summary>The ways in which the plan is run, one after the other; at least one.</summary>
    internal required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>What chance is made of.</summary>
    internal required int Seed { get; init; }

    /// <summary>Longest outage that passes; null if any does.</summary>
    internal TimeSpan? MaxOutage { get; init; }

    /// <summary>Shortest time that a fault lasts.</summary>
    internal TimeSpan Hold { get; init; } = DefaultHold;

    /// <summary>How long a fault may take to take effect, and to be healed.</summary>
    internal TimeSpan FaultTimeout { get; init; } = DefaultFaultTimeout;

    /// <summary>How long to wait for messages to flow again after a fault was healed.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a soak lasts; null otherwise.</summary>
    internal TimeSpan? Time { get; init; }

    /// <summary>Whether a soak may break a majority of the nodes at the same time.</summary>
    internal bool AllowMajorityLoss { get; init; }

    /// <summary>What is compared, as it was written; null if nothing is.</summary>
    internal string? Compare { get; init; }

    /// <summary>The command line, without passwords.</summary>
    internal string CommandLine { get; init; } = "";

    /// <summary>Folder in which the run's own dated folder is made.</summary>
    internal required string ReportDirectory { get; init; }
}
