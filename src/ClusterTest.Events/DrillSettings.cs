namespace ClusterTest.Events;

/// <summary>What a drill was asked for. Durations are milliseconds.</summary>
/// <param name="Faults">Names of the faults, in order.</param>
/// <param name="Nodes">Names of the nodes, in order; empty on a cluster that the lab does not run.</param>
/// <param name="Rounds">How often to go through all nodes.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="Sessions">Sessions of each program.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
/// <param name="Seed">What chance was made of; the same seed gives the same plan.</param>
/// <param name="MaxOutage">Longest outage allowed; null if any is.</param>
/// <param name="Time">How long a soak lasts; null otherwise.</param>
public sealed record DrillSettings(
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Nodes,
    int Rounds,
    double Rate,
    int Sessions,
    string QueueType,
    int Seed,
    TimeSpan? MaxOutage,
    TimeSpan? Time)
{
    /// <summary>Gets how long a fault lasted at least.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>Gets how long a fault might take to take effect, and again to be healed.</summary>
    public TimeSpan? FaultTimeout { get; init; }

    /// <summary>Gets a value indicating whether so many nodes might be broken at a time that the rest was no majority.</summary>
    public bool AllowMajorityLoss { get; init; }

    /// <summary>Gets what was compared, such as <c>sessions=1,2</c>; null if nothing was.</summary>
    public string? Compare { get; init; }

    /// <summary>Gets the plan that came of it, in order.</summary>
    public IReadOnlyList<PlannedFault> Plan { get; init; } = [];

    /// <summary>Gets the command line, without passwords; empty if it is not known.</summary>
    public string CommandLine { get; init; } = "";
}
