using ClusterTest.Events;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What the producer wrote of a message; nothing, if it was killed.</summary>
internal enum HistoryOutcome
{
    None,
    Confirmed,
    Unknown,
    Returned,
    NotSent,
}

internal sealed record HistoryDelivery(int Consumer, int Delay, bool Redelivered);

internal sealed record HistoryFault(int Injected, int Effective, int? Healed, bool Takes, bool? Checked)
{
    /// <summary>Gets when its healing began; null, if that was not written.</summary>
    internal int? Healing { get; init; }

    /// <summary>Gets a value indicating whether it is over when it has taken effect, whatever was written of its healing.</summary>
    internal bool OverWhenEffective { get; init; }

    /// <summary>Gets when it began for those that may have waited for its end.</summary>
    internal int Began => OverWhenEffective ? Injected : Effective;

    /// <summary>Gets when its end began; null, if that was not written.</summary>
    internal int? EndBegan => OverWhenEffective ? Effective : Healing;

    /// <summary>Gets when nobody had to wait for it any more; null, if that was not written.</summary>
    internal int? Ended => OverWhenEffective ? Effective : Healed;
}

internal sealed record HistoryOmission(int Run, int At, int Count, int FirstLag, int LastLag);

internal sealed record HistoryLoss(int Session, int Program, int At, int? Ready, int Reconnect);

internal sealed record HistoryMessage(
    int Run, int Sequence, HistoryOutcome Outcome, int Published, int Latency, IReadOnlyList<HistoryDelivery> Deliveries, bool Parked, bool Drained)
{
    internal string RunId => $"run-{Run}";

    /// <summary>Gets the session of each consumer that receives it.</summary>
    internal int Session => Sequence % 3;

    /// <summary>Gets how long before its publish it had been due.</summary>
    internal int Lag { get; init; }

    internal int Resolved => Published + Latency;

    internal ResultEvent ToEvent()
    {
        var source = $"producer-{Run}";
        return Outcome switch
        {
            HistoryOutcome.Confirmed => Evidence.Sent(Sequence, Published, Latency, RunId, source) with
            {
                Lag = Lag is 0 ? null : TimeSpan.FromMilliseconds(Lag),
            },
            HistoryOutcome.Unknown => Evidence.Unknown(Sequence, Published, Latency) with { Run = RunId, Source = source },
            HistoryOutcome.Returned => Evidence.Returned(Sequence, Resolved) with
            {
                Run = RunId,
                Source = source,
                Latency = TimeSpan.FromMilliseconds(Latency),
            },
            _ => Evidence.NotSent(Sequence, Resolved) with { Run = RunId, Source = source, Latency = TimeSpan.FromMilliseconds(Latency) },
        };
    }

    internal ResultEvent ToDrained() => Evidence.Drained(Sequence) with { Run = RunId, Queue = Parked ? "q.parked" : "q" };

    internal ResultEvent ToEvent(HistoryDelivery delivery)
    {
        var (at, source) = (Published + delivery.Delay, $"consumer-{delivery.Consumer}");
        return Parked
            ? Evidence.Parked(Sequence, at, RunId) with { Source = source, Session = Session }
            : Evidence.Received(Sequence, at, Published, delivery.Redelivered, RunId, source) with
            {
                Session = Session,
                DueMicroseconds = (Published - Lag) * 1_000L,
            };
    }
}
