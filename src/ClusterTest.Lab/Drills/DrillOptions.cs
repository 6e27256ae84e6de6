namespace ClusterTest.Lab.Drills;

/// <summary>The options of a drill.</summary>
internal sealed record DrillOptions
{
    internal const double DefaultRate = 200;

    internal static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(2);

    // Beside a frozen node, stop_app takes over one minute.
    internal static readonly TimeSpan DefaultFaultTimeout = TimeSpan.FromSeconds(130);

    /// <summary>One of <see cref="DrillKind"/>.</summary>
    internal required string Kind { get; init; }

    /// <summary>The names of the faults, in order; empty for the default faults.</summary>
    internal required IReadOnlyList<string> Faults { get; init; }

    /// <summary>The name of the topology's plan that is run in place of the faults one after the other; null for none.</summary>
    internal string? PlanName { get; init; }

    /// <summary>The steps of the plan of <see cref="PlanName"/>; empty for none.</summary>
    internal IReadOnlyList<PlanStep> Steps { get; init; } = [];

    /// <summary>The nodes to break in turn; empty for all of them.</summary>
    internal IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Whether each fault is done to the node that the consumer is connected to at that time, and to no other.</summary>
    internal bool AtConsumer { get; init; }

    /// <summary>
    /// Whether a fault is healed only when messages flow again, or when that takes too long. If not, it is healed after <see cref="Hold"/>: then each topology
    /// of a comparison gets the same time until it is repaired.
    /// </summary>
    internal bool HealsWhenMessagesFlow { get; init; } = true;

    /// <summary>The programs that run in place of ours; at most one for each of ours.</summary>
    internal IReadOnlyList<Client> Clients { get; init; } = [];

    /// <summary>How long the programs may take to get ready, and again until messages flow.</summary>
    internal TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often to go through all nodes.</summary>
    internal int Rounds { get; init; } = 1;

    /// <summary>Messages a second.</summary>
    internal double Rate { get; init; } = DefaultRate;

    /// <summary>The variants in which the plan is run, one after the other; at least one.</summary>
    internal required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>The seed of everything random in the plan.</summary>
    internal required int Seed { get; init; }

    /// <summary>The longest outage with which the drill passes; null for no limit.</summary>
    internal TimeSpan? MaxOutage { get; init; }

    /// <summary>The shortest time that a fault lasts.</summary>
    internal TimeSpan Hold { get; init; } = DefaultHold;

    /// <summary>How long a fault may take to take effect, and again to be healed.</summary>
    internal TimeSpan FaultTimeout { get; init; } = DefaultFaultTimeout;

    /// <summary>How long to wait for messages to flow again after a fault was healed.</summary>
    internal TimeSpan FlowTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a soak lasts; null otherwise.</summary>
    internal TimeSpan? Time { get; init; }

    /// <summary>Whether a soak may break a majority of the nodes at the same time.</summary>
    internal bool AllowMajorityLoss { get; init; }

    /// <summary>The value of <c>--compare</c>, or the names of the topologies that are compared; null if nothing is compared.</summary>
    internal string? Compare { get; init; }

    /// <summary>The command line, without passwords.</summary>
    internal string CommandLine { get; init; } = "";

    /// <summary>The folder in which the drill's dated folder is made.</summary>
    internal required string ReportDirectory { get; init; }
}
