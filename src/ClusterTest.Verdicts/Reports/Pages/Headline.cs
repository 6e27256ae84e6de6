namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The verdict in words.</summary>
/// <param name="Title">What matters most, such as <c>Passed: nothing was lost</c>.</param>
/// <param name="Details">A sentence with the most important numbers; empty if there are none.</param>
/// <param name="Reasons">Why the drill did not pass, as far as the title does not say it already.</param>
public sealed record Headline(string Title, string Details, IReadOnlyList<string> Reasons)
{
    private const int LongestTitle = 120;

    /// <summary>Puts a report's verdict into words.</summary>
    public static Headline Of(DrillReport report)
    {
        var title = TitleOf(report);
        var reasons = report.Reasons.Where(reason => title != $"{report.Outcome}: {Plain(reason)}").ToList();
        return new Headline(title, DetailsOf(report.Variants), reasons);
    }

    private static string TitleOf(DrillReport report)
    {
        var lost = report.Variants.Sum(variant => variant.Judgement.Verdict.Lost);
        return (report.Outcome, report.Reasons) switch
        {
            (Outcome.Passed, _) => "Passed: nothing was lost",
            (Outcome.Failed, _) when lost > 0 => $"Failed: {Plain(OutcomeRule.WereLost(lost))}",
            (Outcome.Failed, [var first, ..]) when IsTitle(first) => $"Failed: {Plain(first)}",
            (Outcome.Failed, _) => $"Failed: the {report.Kind} did not go as required",
            (Outcome.Incomplete, _) => "Incomplete: the evidence is not all there",
            (_, [var only]) when IsTitle(only) => $"Invalid: {Plain(only)}",
            _ => $"Invalid: this {report.Kind} proves nothing",
        };
    }

    private static string DetailsOf(IReadOnlyList<DrillVariant> variants)
    {
        var verdicts = variants.Select(variant => variant.Judgement.Verdict).Where(verdict => verdict.NotRun is null).ToList();
        if (verdicts.Count == 0)
        {
            return "";
        }

        var sentences = new List<string> { Counts(verdicts) + (verdicts.Count > 1 ? $", over {verdicts.Count} variants." : ".") };
        if (verdicts.Max(verdict => verdict.Outage) is { } longest)
        {
            sentences.Add($"The longest outage was {Words.Time(longest)}, over {Words.Count(verdicts.Sum(verdict => verdict.Faults.Count), "fault")}.");
        }

        if (verdicts.Sum(verdict => verdict.Faults.Count(fault => fault.Noticed is false)) is > 0 and var missed)
        {
            sentences.Add($"{Words.Count(missed, "fault")} {(missed is 1 ? "was" : "were")} not noticed by anybody.");
        }

        if (verdicts.Sum(verdict => verdict.LeftBehind) is > 0 and var left)
        {
            sentences.Add($"{Words.Count(left, "message")} stayed behind: not received, but found in a queue.");
        }

        if (verdicts.Sum(verdict => verdict.Late ?? 0) is > 0 and var late)
        {
            sentences.Add($"{Words.Count(late, "message")} waited through a fault, and came late.");
        }

        if (verdicts.Sum(verdict => verdict.Discarded) is > 0 and var discarded)
        {
            sentences.Add($"{Words.Count(discarded, "message")} went with a queue that a fault deleted.");
        }

        if (variants.Where(variant => variant.Judgement.Verdict.NotRun is not null).Select(variant => variant.Name).ToList() is { Count: > 0 } notRun)
        {
            sentences.Add($"Not run: {string.Join(", ", notRun)}.");
        }

        return string.Join(' ', sentences);
    }

    // The received messages are no part of the confirmed ones: a message that was not confirmed may be received, too.
    private static string Counts(List<Verdict> verdicts)
    {
        var confirmed = verdicts.Sum(verdict => verdict.Confirmed);
        var received = verdicts.Sum(verdict => verdict.ConfirmedReceived);
        return confirmed == received
            ? $"{Words.Count(confirmed, "message")} confirmed and received"
            : $"{Words.Count(confirmed, "message")} confirmed, {Words.Count(received)} of them received";
    }

    // A reason that goes on after a colon or a full stop belongs in the list, not in the title.
    private static bool IsTitle(string reason) =>
        Plain(reason) is { Length: <= LongestTitle } text && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(". ", StringComparison.Ordinal);

    /// <summary>
    /// A sentence without its full stop and, unless it begins with a name, its capital; <c>kill rabbit1: it did not take effect</c> becomes
    /// <c>kill rabbit1 did not take effect</c>.
    /// </summary>
    private static string Plain(string sentence)
    {
        var text = sentence.Trim().TrimEnd('.').Replace(": it ", " ", StringComparison.Ordinal);
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
