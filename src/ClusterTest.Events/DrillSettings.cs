using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>The settings of a drill. Durations are written in milliseconds.</summary>
/// <param name="Faults">Names of the faults, in order.</param>
/// <param name="Nodes">Names of the nodes, in order; empty on a cluster that the lab does not run.</param>
/// <param name="Rounds">How often the drill goes through all nodes.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="Sessions">Sessions of each program.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
/// <param name="Seed">Seed of the random numbers. The same seed gives the same plan.</param>
/// <param name="MaxOutage">Longest outage allowed; null if there is no limit.</param>
/// <param name="Time">How long a soak lasts; null for other kinds of run.</param>
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
    /// <summary>Gets the shortest time that a fault lasts; null if the faults of the plan have times of their own.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>Gets how long a fault may need to take effect. The same time limits its healing.</summary>
    public TimeSpan? FaultTimeout { get; init; }

    /// <summary>Gets a value indicating whether so many nodes may be broken at the same time that the other nodes are no majority.</summary>
    public bool AllowMajorityLoss { get; init; }

    /// <summary>Gets what is compared, such as <c>sessions=1,2</c>, or the names of topologies; null without a comparison.</summary>
    public string? Compare { get; init; }

    /// <summary>Gets when the Shovels acknowledged a message; null if as usual, when the destination had confirmed it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AckMode { get; init; }

    /// <summary>Gets the name of the topology's plan that was run; null if the plan follows from the other settings.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PlanName { get; init; }

    /// <summary>Gets the plan that follows from the settings, in order.</summary>
    public IReadOnlyList<PlannedFault> Plan { get; init; } = [];

    /// <summary>Gets the command line without passwords; empty if it is not known.</summary>
    public string CommandLine { get; init; } = "";
}
