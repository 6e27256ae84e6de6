using System.Globalization;
using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>Accounts for every message, from the events that the two programs wrote. Pure: the same events give the same verdict.</summary>
public static class Accounting
{
    /// <summary>Judges one run.</summary>
    /// <param name="produced">The producer's events, in the order of writing.</param>
    /// <param name="consumed">The consumer's events, in the order of writing.</param>
    /// <param name="from">When the fault began.</param>
    /// <param name="until">When it was over, or the end of the run.</param>
    /// <remarks>The events must be complete: whoever calls has waited until both programs had ended, by themselves.</remarks>
    public static Verdict Of(IReadOnlyCollection<ResultEvent> produced, IReadOnlyCollection<ResultEvent> consumed, DateTimeOffset from, DateTimeOffset until)
    {
        var confirmed = produced.OfType<SentEvent>().Select(static sent => sent.Id).ToHashSet();
        var uncertain = produced.OfType<UnknownEvent>().Select(static unknown => unknown.Id).ToHashSet();
        var deliveries = consumed.OfType<ReceivedEvent>().ToList();
        var received = deliveries.Select(static delivery => delivery.Id).OfType<string>().ToHashSet();
        return new Verdict(
            confirmed.Count,
            received.Count,
            [.. confirmed.Except(received)],
            Duplicated: deliveries.Count(static delivery => delivery.Id is not null) - received.Count,
            Recovered: uncertain.Intersect(received).Count(),
            Outage: LongestSilence([.. deliveries.Select(At)], from, until));
    }

    /// <summary>The longest time without a message that overlaps a time span; zero if none does.</summary>
    internal static TimeSpan LongestSilence(IReadOnlyList<DateTimeOffset> arrivals, DateTimeOffset from, DateTimeOffset until) =>
        arrivals.Zip(arrivals.Skip(1))
            .Where(pair => pair.Second > from && pair.First < until)
            .Select(static pair => pair.Second - pair.First)
            .DefaultIfEmpty()
            .Max();

    private static DateTimeOffset At(ResultEvent written) => DateTimeOffset.Parse(written.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
