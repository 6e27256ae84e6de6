using ClusterTest.Cli;
using ClusterTest.Lab.Reports;
using ClusterTest.Lab.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>Decides whether a drill passed. Pure.</summary>
internal static class DrillOutcomes
{
    /// <summary>Invalid beats failed: a drill whose fault did not take effect, or whose program died, proves nothing either way.</summary>
    internal static (DrillOutcome Outcome, IReadOnlyList<string> Reasons) Of(
        IReadOnlyList<RunResult> runs, IReadOnlyList<DrillVariant> variants, TimeSpan? maxOutage)
    {
        List<string> invalid = [.. runs.SelectMany(static run => run.Invalid.Select(reason => Of(run.Variant, reason)))];
        invalid.AddRange(variants.Where(static variant => variant.Judgement.Verdict.Confirmed is 0).Select(static variant => Of(variant.Name, "No message was confirmed: nothing was tried.")));
        List<string> failed = [.. runs.SelectMany(static run => run.Failed.Select(reason => Of(run.Variant, reason)))];
        failed.AddRange(variants.SelectMany(variant => ReasonsIn(variant.Judgement.Verdict, maxOutage).Select(reason => Of(variant.Name, reason))));
        return (invalid, failed) switch
        {
            ({ Count: > 0 }, _) => (DrillOutcome.Invalid, [.. invalid, .. failed]),
            (_, { Count: > 0 }) => (DrillOutcome.Failed, failed),
            _ => (DrillOutcome.Passed, []),
        };
    }

    private static IEnumerable<string> ReasonsIn(Verdict verdict, TimeSpan? maxOutage)
    {
        if (verdict.Lost > 0)
        {
            yield return VerdictView.WereLost(verdict.Lost);
        }

        if (verdict.LeftBehind > 0)
        {
            yield return $"{Reporter.Count(verdict.LeftBehind, "confirmed message")} still in a queue: the consumer did not come back for them.";
        }

        if (maxOutage is { } most && verdict.Outage > most)
        {
            yield return $"The longest outage, {verdict.Outage.Value.TotalMilliseconds:0} ms, is longer than the {Duration.Format(most)} allowed.";
        }
    }

    private static string Of(string variant, string reason) => variant.Length is 0 ? reason : $"{variant}: {reason}";
}
