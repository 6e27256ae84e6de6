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
