using System.Globalization;
using ClusterTest.Verdicts;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>What one client did under one fault, in all rounds so far.</summary>
internal sealed class ClientCell
{
    private readonly List<TimeSpan> _silences = [];
    private readonly List<TimeSpan> _waits = [];

    /// <summary>How often it was measured.</summary>
    public int Rounds => _silences.Count;

    /// <summary>How many confirmed messages it lost.</summary>
    public long Lost { get; private set; }

    /// <summary>How many messages it received more than once.</summary>
    public long Duplicated { get; private set; }

    /// <summary>The median and the longest silence in ms, as the table has them.</summary>
    public string Silence => Times(_silences);

    /// <summary>The same of how long a confirmed message waited.</summary>
    public string Waited => Times(_waits);

    /// <summary>Writes the median of times and the longest in ms.</summary>
    public static string Times(IReadOnlyList<TimeSpan> times)
    {
        if (times is [])
        {
            return "-";
        }

        var sorted = times.Order().ToList();
        var median = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"{median.TotalMilliseconds:#,0} ({sorted[^1].TotalMilliseconds:#,0})");
    }

    /// <summary>Takes the result of a drill with one fault.</summary>
    /// <param name="verdict">What the drill found.</param>
    /// <param name="silence">How long the fault silenced the consumer, if that is known.</param>
    /// <returns>Why it does not count; null if it does.</returns>
    public string? Add(Verdict verdict, FaultSilence silence)
    {
        if (silence.Consumer is not { } consumer || verdict.Outcome is Outcome.Invalid or Outcome.Incomplete)
        {
            return verdict.Reasons is [] ? "the silence is not known." : string.Join(' ', verdict.Reasons);
        }

        _silences.Add(consumer);
        if (silence.Waited is { } waited)
        {
            _waits.Add(waited);
        }

        Lost += verdict.Lost;
        Duplicated += verdict.Duplicated;
        return null;
    }
}
