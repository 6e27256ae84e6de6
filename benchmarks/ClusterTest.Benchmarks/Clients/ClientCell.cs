using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>What one client did under one fault, in all rounds so far.</summary>
internal sealed class ClientCell
{
    private readonly List<TimeSpan> _outages = [];

    /// <summary>How often it was measured.</summary>
    public int Rounds => _outages.Count;

    /// <summary>How many confirmed messages it lost.</summary>
    public long Lost { get; private set; }

    /// <summary>How many messages it received more than once.</summary>
    public long Duplicated { get; private set; }

    public TimeSpan Longest => _outages.Max();

    public TimeSpan Median
    {
        get
        {
            var sorted = _outages.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>Takes the result of a drill with one fault.</summary>
    /// <returns>Why it does not count; null if it does.</returns>
    public string? Add(DrillReport report)
    {
        var verdict = report.Variants[0].Judgement.Verdict;
        if (verdict.Faults is not [{ Outage: { } outage }] || verdict.Outcome is Outcome.Invalid or Outcome.Incomplete)
        {
            return verdict.Reasons is [] ? "the outage is not known." : string.Join(' ', verdict.Reasons);
        }

        _outages.Add(outage);
        Lost += verdict.Lost;
        Duplicated += verdict.Duplicated;
        return null;
    }
}
