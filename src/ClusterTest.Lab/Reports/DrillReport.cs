using ClusterTest.Lab.Verdicts;

namespace ClusterTest.Lab.Reports;

/// <summary>Everything that a report shows; <c>report.json</c> is this record.</summary>
public sealed record DrillReport
{
    /// <summary>What was run: <c>drill</c>, <c>soak</c>, <c>watch</c> or <c>demo</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was over, before the judging.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>The outcome.</summary>
    public required DrillOutcome Outcome { get; init; }

    /// <summary>Why the outcome is not <see cref="DrillOutcome.Passed"/>, a sentence each.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>What it ran on.</summary>
    public required DrillEnvironment Environment { get; init; }

    /// <summary>What was asked for.</summary>
    public required DrillSettings Settings { get; init; }

    /// <summary>One, or with <c>--compare</c> one for each variant.</summary>
    public required IReadOnlyList<DrillVariant> Variants { get; init; }
}

/// <summary>How a drill ended.</summary>
public enum DrillOutcome
{
    /// <summary>Nothing was lost and no outage was longer than allowed.</summary>
    Passed,

    /// <summary>Confirmed messages were lost, or an outage was longer than allowed.</summary>
    Failed,

    /// <summary>It proves nothing: a fault could not be injected, or a program died.</summary>
    Invalid,
}

/// <summary>What a drill ran on.</summary>
/// <param name="Tool">Version of the lab and the programs.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="System">Operating system and processor count.</param>
/// <param name="Brokers">Each node and its version; empty on a cluster that the lab does not run.</param>
/// <param name="Balancer">Version of the load balancer; null if unknown.</param>
/// <param name="Address">Where the programs connected, without a password.</param>
public sealed record DrillEnvironment(
    string Tool, string Runtime, string System, IReadOnlyList<string> Brokers, string? Balancer, string Address);

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

/// <summary>One run of the plan.</summary>
/// <param name="Name">What it varies, such as <c>sessions=2</c>; empty if there is only one.</param>
/// <param name="Judgement">What its evidence says.</param>
public sealed record DrillVariant(string Name, Judgement Judgement);
