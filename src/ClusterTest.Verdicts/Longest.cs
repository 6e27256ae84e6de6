namespace ClusterTest.Verdicts;

/// <summary>The longest of many intervals: the longest of all, and for each fault the longest of those that overlap the fault.</summary>
internal sealed class Longest
{
    private readonly IReadOnlyList<FaultRecord> _faults;
    private readonly TimeSpan?[] _byFault;

    // The latest end of a window among the faults up to each fault: the windows of overlapping faults need not end in the order in which they begin.
    private readonly DateTime[] _latestEnd;

    /// <summary>Starts with none.</summary>
    /// <param name="faults">The faults, in the order of injection.</param>
    internal Longest(IReadOnlyList<FaultRecord> faults)
    {
        _faults = faults;
        _byFault = new TimeSpan?[faults.Count];
        _latestEnd = new DateTime[faults.Count];
        var latest = DateTime.MinValue;
        for (var i = 0; i < faults.Count; i++)
        {
            _latestEnd[i] = latest = faults[i].End > latest ? faults[i].End : latest;
        }
    }

    /// <summary>Gets the longest of all; null if there was none.</summary>
    internal TimeSpan? OfAll { get; private set; }

    /// <summary>The longest that overlaps a fault; null if there was none.</summary>
    /// <param name="fault">Its place in the order of injection.</param>
    internal TimeSpan? Of(int fault) => _byFault[fault];

    internal void Enter(Interval interval)
    {
        OfAll = Max(OfAll, interval.Length);
        for (var i = FirstAfter(interval.To) - 1; i >= 0 && _latestEnd[i] > interval.From; i--)
        {
            if (_faults[i].Overlaps(interval))
            {
                _byFault[i] = Max(_byFault[i], interval.Length);
            }
        }
    }

    private static TimeSpan Max(TimeSpan? sofar, TimeSpan length) => sofar > length ? sofar.Value : length;

    // The first fault that was injected after a moment.
    private int FirstAfter(DateTime moment)
    {
        var (low, high) = (0, _faults.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _faults[middle].Injected <= moment ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
