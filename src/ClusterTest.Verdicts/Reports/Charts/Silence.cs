namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Steps of a timeline, one after the other, in which nothing was received although something was due.</summary>
/// <param name="Start">Since the start of the timeline.</param>
/// <param name="End">Since the start of the timeline.</param>
public readonly record struct Silence(TimeSpan Start, TimeSpan End)
{
    // If fewer messages are due in a step, the step may be empty by chance.
    private const double LeastDue = 3;

    /// <summary>Finds the silences between the first receipt and the last, at full resolution: a coarser one would average silences away.</summary>
    public static IReadOnlyList<Silence> Of(Timeline timeline)
    {
        var received = timeline.Received;
        var heard = Enumerable.Range(0, received.Count).Where(step => received[step] > 0).ToList();
        if (heard.Count == 0)
        {
            return [];
        }

        var mean = received.Sum(count => (long)count) / (double)(heard[^1] - heard[0] + 1);
        return
        [
            .. from gap in heard.Zip(heard.Skip(1))
               let empty = gap.Second - gap.First - 1
               where empty > 0 && empty * mean >= LeastDue
               select new Silence(timeline.Step * (gap.First + 1), timeline.Step * gap.Second),
        ];
    }
}
