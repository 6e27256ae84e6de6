using ClusterTest.Verdicts;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>What one client did under one fault, in all rounds so far.</summary>
internal sealed class ClientCell
{
    private readonly List<TimeSpan> _silences = [];

    /// <summary>How often it was measured.</summary>
    public int Rounds => _silences.Count;

    /// <summary>How many confirmed messages it lost.</summary>
    public long Lost { get; private set; }

    /// <summary>How many messages it received more than once.</summary>
    public long Duplicated { get; private set; }

    public TimeSpan Longest => _silences.Max();

    public TimeSpan Median
    {
        get
        {
            var sorted = _silences.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>Takes the result of a drill with one fault.</summary>
    /// <param name="verdict">What the drill found.</param>
    /// <param name="silence">How long the fault silenced the consumer; null if that is not known.</param>
    /// <returns>Why it does not count; null if it does.</returns>
    public string? Add(Verdict verdict, TimeSpan? silence)
    {
        if (silence is not { } known || verdict.Outcome is Outcome.Invalid or Outcome.Incomplete)
        {
            return verdict.Reasons is [] ? "the silence is not known." : string.Join(' ', verdict.Reasons);
        }

        _silences.Add(known);
        Lost += verdict.Lost;
        Duplicated += verdict.Duplicated;
        return null;
    }
}
