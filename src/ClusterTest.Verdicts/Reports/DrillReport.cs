using System.Text.Json.Serialization;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports;

/// <summary>Everything that a report shows; <c>report.json</c> is this record.</summary>
public sealed record DrillReport
{
    /// <summary>The version of <c>report.json</c> that this program writes, see docs/report.schema.json.</summary>
    public const int CurrentVersion = 2;

    /// <summary>What tells a report from other files.</summary>
    internal const string SchemaName = "cluster-test-report";

    /// <summary>The version of the schema. Properties may be added to a version; the version changes when a property changes or goes.</summary>
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>What wrote the report.</summary>
    public string Schema { get; init; } = SchemaName;

    /// <summary>
    /// What was run: <c>drill</c>, <c>soak</c>, <c>watch</c>, <c>demo</c> or <c>comparison</c>; <c>recording</c> if the evidence is not the lab's.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last event of the run happened.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>The outcome.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Why the outcome is not <see cref="Outcome.Passed"/>, one sentence for each reason.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>What the run ran on.</summary>
    public required DrillEnvironment Environment { get; init; }

    /// <summary>The programs of others that took part, each with its version and its role, as in <c>pika 1.2.0 (consumer)</c>.</summary>
    /// <value><see langword="null"/>, and not written, if none did.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Clients { get; init; }

    /// <summary>What was asked for.</summary>
    public required DrillSettings Settings { get; init; }

    /// <summary>The variants: one, or with <c>--compare</c> one for each value, or in a comparison one for each topology.</summary>
    public required IReadOnlyList<DrillVariant> Variants { get; init; }
}
