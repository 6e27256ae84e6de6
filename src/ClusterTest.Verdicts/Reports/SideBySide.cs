using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports;

/// <summary>What the variants of a report have in common, so that they can stand side by side.</summary>
internal static class SideBySide
{
    /// <summary>Whether the variants are topologies.</summary>
    internal static bool IsOfTopologies(IReadOnlyList<DrillVariant> variants) => variants.Any(static variant => variant.Properties is not null);

    /// <summary>The outcome of a variant in one word or two, such as <c>passed</c> or <c>not run</c>.</summary>
    internal static string OutcomeOf(DrillVariant variant) =>
        variant.Judgement.Verdict is { NotRun: null } verdict ? verdict.Outcome.ToString().ToLowerInvariant() : "not run";

    /// <summary>The names of what is said of the topologies, in order, each once.</summary>
    internal static IReadOnlyList<string> PropertiesOf(IReadOnlyList<DrillVariant> variants) =>
        [.. variants.SelectMany(static variant => variant.Properties ?? []).Select(static property => property.Name).Distinct()];

    /// <summary>What is said of one topology; null if nothing is.</summary>
    internal static string? PropertyOf(DrillVariant variant, string name) =>
        variant.Properties?.FirstOrDefault(property => property.Name == name)?.Value;

    /// <summary>The names of the faults, in order, each once.</summary>
    internal static IReadOnlyList<string> FaultsOf(IReadOnlyList<DrillVariant> variants) =>
        [.. variants.SelectMany(static variant => variant.Judgement.Verdict.Faults).Select(static fault => fault.Fault).Distinct()];

    /// <summary>The outages of all faults of one name, the shortest first.</summary>
    internal static IReadOnlyList<TimeSpan> OutagesOf(DrillVariant variant, string fault) =>
        [.. variant.Judgement.Verdict.Faults.Where(account => account.Fault == fault).Select(static account => account.Outage).OfType<TimeSpan>().Order()];

    /// <summary>Sentences: which variants were not run, and why.</summary>
    internal static IReadOnlyList<string> NotRun(IReadOnlyList<DrillVariant> variants) =>
    [
        .. variants
            .Where(static variant => variant.Judgement.Verdict.NotRun is not null)
            .Select(static variant => $"{variant.Name} was not run: {Printable.Line(variant.Judgement.Verdict.NotRun!)}"),
    ];
}
