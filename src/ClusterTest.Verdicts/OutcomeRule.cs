using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>Decides what a verdict's numbers mean: the one rule of drills, soaks, reports and <c>lab verdict</c>. Pure.</summary>
internal static class OutcomeRule
{
    // The kinds of problems that are failures of what was tried, the gravest first. Any other kind is a failure of the run, which then proves nothing.
    private static readonly string[] Failures = [ProblemKind.TwoBrokers, ProblemKind.OtherData, ProblemKind.NoFlow];

    /// <summary>
    /// A loss on complete evidence is a counterexample, whatever else went wrong. Without a loss, a run that went wrong proves nothing, and incomplete
    /// evidence proves nothing. The milder failures count only where nothing went wrong and the evidence is complete.
    /// </summary>
    internal static Verdict Apply(Verdict verdict)
    {
        List<string> losses = [.. LossesIn(verdict)];
        List<string> invalid = [.. InvalidIn(verdict)];
        List<string> failures = [.. FailuresIn(verdict)];
        var outcome = (losses.Count > 0, invalid.Count > 0, verdict.Gaps.Count > 0, failures.Count > 0) switch
        {
            (true, _, false, _) => Outcome.Failed,
            (_, true, _, _) => Outcome.Invalid,
            (_, _, true, _) => Outcome.Incomplete,
            (_, _, _, true) => Outcome.Failed,
            _ => Outcome.Passed,
        };
        return verdict with { Outcome = outcome, Reasons = [.. losses.Concat(invalid).Concat(verdict.Gaps).Concat(failures).Distinct()] };
    }

    /// <summary>The outcome of several runs: failed if one run failed, as that is a counterexample of all; otherwise the worst outcome.</summary>
    internal static Outcome Of(IEnumerable<Outcome> outcomes) => outcomes.DefaultIfEmpty(Outcome.Invalid).MaxBy(static outcome => outcome switch
    {
        Outcome.Failed => 3,
        Outcome.Incomplete => 2,
        Outcome.Invalid => 1,
        _ => 0,
    });

    /// <summary>A sentence: <c>1 confirmed message was lost.</c></summary>
    internal static string WereLost(long lost) => $"{Count(lost, "confirmed message was", "confirmed messages were")} lost.";

    private static IEnumerable<string> LossesIn(Verdict verdict)
    {
        if (verdict.Lost > 0)
        {
            yield return WereLost(verdict.Lost);
        }

        if (verdict.Damaged > 0)
        {
            yield return $"{Count(verdict.Damaged, "message was", "messages were")} received with another body than was sent.";
        }
    }

    private static IEnumerable<string> InvalidIn(Verdict verdict)
    {
        // A problem of the run explains why a fault was not carried to its end.
        var isExplained = verdict.Problems.Count > 0;
        var troubles = verdict.Faults.Select(fault => (fault, fault.Failure ?? (isExplained ? null : UncertaintyOf(fault))));
        foreach (var (fault, trouble) in troubles.Where(static fault => fault.Item2 is not null))
        {
            yield return $"{(fault.Node is null ? fault.Fault : $"{fault.Fault} {fault.Node}")}: {trouble}";
        }

        if (verdict.Untried > 0 && !isExplained)
        {
            yield return $"{Count(verdict.Untried, "fault of the plan was", "faults of the plan were")} not tried.";
        }

        foreach (var problem in verdict.Problems.Where(static problem => !Failures.Contains(problem.Kind)))
        {
            yield return problem.Detail;
        }

        if (MissingFrom(verdict) is { } missing)
        {
            yield return missing;
        }
    }

    private static string? UncertaintyOf(FaultAccount fault) => fault switch
    {
        { Effective: null } => "whether it took effect is not known.",
        { Healed: null, StaysBroken: false } => "whether it was undone is not known.",
        _ => null,
    };

    private static string? MissingFrom(Verdict verdict) => verdict switch
    {
        { Producers: > 0, Consumers: > 0, Confirmed: 0 } => "No message was confirmed: nothing was tried.",
        { Outage: null, MaxOutage: not null } =>
            "The consumers received too little to have been silent in between, so there is no outage to compare with --max-outage.",
        _ => null,
    };

    private static IEnumerable<string> FailuresIn(Verdict verdict)
    {
        foreach (var problem in Failures.SelectMany(kind => verdict.Problems.Where(problem => problem.Kind == kind)))
        {
            yield return problem.Detail;
        }

        if (verdict.LeftBehind > 0)
        {
            yield return $"{Count(verdict.LeftBehind, "confirmed message", "confirmed messages")} still in a queue: the consumer did not come back for them.";
        }

        if (verdict.Parked > 0)
        {
            yield return $"{Count(verdict.Parked, "message was", "messages were")} parked instead of handled.";
        }

        if (verdict.MaxOutage is { } most && verdict.Outage > most)
        {
            yield return $"The longest outage, {verdict.Outage.Value.TotalMilliseconds:0} ms, is longer than the {Duration.Format(most)} allowed.";
        }
    }

    private static string Count(long number, string one, string several) => FormattableString.Invariant($"{number:#,0} {(number is 1 ? one : several)}");
}
