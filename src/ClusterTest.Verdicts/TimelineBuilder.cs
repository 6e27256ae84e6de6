namespace ClusterTest.Verdicts;

/// <summary>Counts confirms and first deliveries in steps of time.</summary>
internal sealed class TimelineBuilder
{
    private const int MostSteps = 20_000;

    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(100);

    private readonly DateTime _start;
    private readonly TimeSpan _step;
    private readonly int[] _confirmed;
    private readonly int[] _received;

    /// <summary>Starts with nothing.</summary>
    /// <param name="span">From the first confirm or delivery to the last; null if there was none.</param>
    internal TimelineBuilder(Interval? span)
    {
        _start = span?.From ?? DateTime.UnixEpoch;
        var length = span?.Length ?? TimeSpan.Zero;
        _step = ShortestStep * Math.Max(1, Math.Ceiling(length / (ShortestStep * MostSteps)));
        var steps = span is null ? 0 : (int)(length / _step) + 1;
        (_confirmed, _received) = (new int[steps], new int[steps]);
    }

    internal void Confirm(DateTime at) => Count(_confirmed, at);

    internal void Receive(DateTime at) => Count(_received, at);

    internal Timeline Build() => new(_start, _step, _confirmed, _received);

    private void Count(int[] steps, DateTime at)
    {
        // The file may have grown since its span was taken, if something still writes to it.
        var step = (at - _start) / _step;
        if (step >= 0 && step < steps.Length)
        {
            steps[(int)step]++;
        }
    }
}
