namespace ClusterTest.Verdicts;

/// <summary>
/// The times between two receipts of one consumer. If there are more than <paramref name="most"/>, only the longest are kept: nobody asks for the
/// usual distance of two messages in a long run.
/// </summary>
internal sealed class Silences(int most = Silences.Most)
{
    internal const int Most = 1 << 20; // 16 MiB

    private readonly List<Interval> _silences = [];
    private long[] _lengths = [];

    /// <summary>Gets the first receipt; null if there was none.</summary>
    internal DateTime? First { get; private set; }

    /// <summary>Gets the last receipt; null if there was none.</summary>
    internal DateTime? Last { get; private set; }

    /// <summary>Gets the silences in order.</summary>
    internal IReadOnlyList<Interval> All => _silences;

    internal void Hear(DateTime at)
    {
        First ??= at;

        // A clock that was set back makes no silence.
        if (at <= Last)
        {
            return;
        }

        if (Last is { } last)
        {
            if (_silences.Count == _silences.Capacity)
            {
                _silences.Capacity = (int)Math.Min(Math.Max(4L, 2L * _silences.Count), most + 1L);
            }

            _silences.Add(new Interval(last, at));
            if (_silences.Count > most)
            {
                KeepLongest(Math.Max(most / 2, 1));
            }
        }

        Last = at;
    }

    /// <summary>The times in which none of several consumers received anything, from the first receipt of any to the last.</summary>
    internal static IReadOnlyList<Interval> OfAll(IEnumerable<Silences> consumers)
    {
        var heard = consumers.Where(static consumer => consumer.First is not null).ToList();
        if (heard.Count is 0)
        {
            return [];
        }

        var first = heard.Min(static consumer => consumer.First!.Value);
        var last = heard.Max(static consumer => consumer.Last!.Value);
        return heard
            .Select(consumer => (IReadOnlyList<Interval>)[new(first, consumer.First!.Value), .. consumer.All, new(consumer.Last!.Value, last)])
            .Aggregate((IReadOnlyList<Interval>)[new(first, last)], Common);
    }

    // Of those that are as long as the shortest kept, the earlier are kept.
    private void KeepLongest(int count)
    {
        if (_lengths.Length < _silences.Count)
        {
            _lengths = new long[_silences.Count];
        }

        for (var i = 0; i < _silences.Count; i++)
        {
            _lengths[i] = _silences[i].Length.Ticks;
        }

        var lengths = _lengths.AsSpan(0, _silences.Count);
        var shortest = Largest(lengths, count);
        var ofShortest = count;
        foreach (var length in lengths)
        {
            ofShortest -= length > shortest ? 1 : 0;
        }

        var kept = 0;
        for (var i = 0; i < _silences.Count; i++)
        {
            var silence = _silences[i];
            if (silence.Length.Ticks > shortest || (silence.Length.Ticks == shortest && ofShortest-- > 0))
            {
                _silences[kept++] = silence;
            }
        }

        _silences.RemoveRange(kept, _silences.Count - kept);
    }

    // The largest number but for the count - 1 that are larger. It moves the numbers, but makes nothing of them.
    private static long Largest(Span<long> numbers, int count)
    {
        var (low, high) = (0, numbers.Length - 1);
        while (low < high)
        {
            var pivot = numbers[(low + high) / 2];
            var (left, right) = (low, high);
            while (left <= right)
            {
                while (numbers[left] > pivot)
                {
                    left++;
                }

                while (numbers[right] < pivot)
                {
                    right--;
                }

                if (left <= right)
                {
                    (numbers[left], numbers[right]) = (numbers[right], numbers[left]);
                    (left, right) = (left + 1, right - 1);
                }
            }

            if (count - 1 <= right)
            {
                high = right;
            }
            else if (count - 1 >= left)
            {
                low = left;
            }
            else
            {
                return numbers[count - 1];
            }
        }

        return numbers[count - 1];
    }

    private static IReadOnlyList<Interval> Common(IReadOnlyList<Interval> left, IReadOnlyList<Interval> right)
    {
        List<Interval> common = [];
        for (var (i, j) = (0, 0); i < left.Count && j < right.Count;)
        {
            var both = new Interval(Later(left[i].From, right[j].From), left[i].To < right[j].To ? left[i].To : right[j].To);
            if (both.From < both.To)
            {
                common.Add(both);
            }

            (i, j) = left[i].To < right[j].To ? (i + 1, j) : (i, j + 1);
        }

        return common;
    }

    private static DateTime Later(DateTime left, DateTime right) => left > right ? left : right;
}
