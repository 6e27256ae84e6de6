using System.Text.Json.Serialization;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports;

/// <summary>One run of the plan.</summary>
/// <param name="Name">What the variant varies, such as <c>sessions=2</c>, or the name of its topology; empty if there is only one variant.</param>
/// <param name="Judgement">What the evidence of the variant says.</param>
public sealed record DrillVariant(string Name, Judgement Judgement)
{
    /// <summary>What the variant ran on, in a comparison of topologies; null, and not written, otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DrillEnvironment? Environment { get; init; }

    /// <summary>What a comparison of topologies says of the variant beside its numbers; null, and not written, otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TopologyProperty>? Properties { get; init; }
}
