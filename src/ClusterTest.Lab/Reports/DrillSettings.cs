namespace ClusterTest.Lab.Reports;

/// <summary>What was asked for.</summary>
/// <param name="Faults">Names of the faults, in order.</param>
/// <param name="Nodes">Names of the nodes, in order; empty on a cluster that the lab does not run.</param>
/// <param name="Rounds">How often every node takes its turn.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="Sessions">Sessions of each program.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
/// <param name="Seed">What chance was made of; the same seed gives the same plan.</param>
/// <param name="MaxOutage">Longest outage allowed; null if none is.</param>
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
    TimeSpan? Time);
