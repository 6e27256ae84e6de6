namespace ClusterTest.Verdicts;

/// <summary>
/// The times between two receipts of one consumer. If there are more than <paramref name="most"/>, only the longest are kept: nobody asks for the
/// usual distance of two messages in a long run.
/// </summary>
internal sealed class Silences(int most = Silences.Most)
{
    internal const int Most = 1 << 20; // 16 MiB

    private List<Interval> _silences = [];

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
            _silences.Add(new Interval(last, at));
            if (_silences.Count > most)
            {
                var longest = _silences.OrderByDescending(static silence => silence.Length).Take(Math.Max(most / 2, 1));
                _silences = [.. longest.OrderBy(static silence => silence.From)];
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
