namespace ClusterTest.Verdicts.Tests;

/// <summary>The rules once more, by plain sets and lists, on a history instead of its events.</summary>
internal sealed class NaiveJudge(History history)
{
    private const double ToTheEnd = double.PositiveInfinity;

    private IEnumerable<HistoryMessage> Told => history.Messages.Where(static message => message.Outcome is not HistoryOutcome.None);

    private IEnumerable<HistoryMessage> Arrived => history.Messages.Where(static message => message.Deliveries.Count > 0);

    private IEnumerable<HistoryMessage> Received => Arrived.Where(static message => !message.Parked);

    private IEnumerable<HistoryMessage> Missing => Told
        .Where(static message => message is { Outcome: HistoryOutcome.Confirmed, Drained: false })
        .Except(Received);

    /// <summary>All numbers of a verdict, with their names.</summary>
    internal IReadOnlyList<(string Name, double? Number)> Numbers() =>
    [
        ("confirmed", Count(HistoryOutcome.Confirmed)),
        ("received", Received.Count()),
        ("confirmed and received", Received.Count(static message => message.Outcome is HistoryOutcome.Confirmed)),
        ("lost", Missing.Count(message => !IsDiscarded(message))),
        ("discarded", Missing.Count(IsDiscarded)),
        ("left behind", Told.Count(static message => message is { Outcome: HistoryOutcome.Confirmed, Deliveries.Count: 0, Drained: true, Parked: false })),
        ("duplicated", Arrived.Sum(static message => message.Deliveries.Count - 1)),
        ("redelivered", Arrived
            .Where(static message => !message.Parked)
            .Sum(static message => Math.Min(message.Deliveries.Count - 1, message.Deliveries.Count(static delivery => delivery.Redelivered)))),
        ("reordered", Enumerable.Range(0, History.Consumers).Sum(Reordered)),
        ("late", LateOnes.Count()),
        ("lateness", Longest(LateOnes.Select(static late => late.Delay))),
        ("unexpected", history.Strays),
        ("unknown", Count(HistoryOutcome.Unknown)),
        ("returned", Count(HistoryOutcome.Returned)),
        ("not sent", Count(HistoryOutcome.NotSent)),
        ("recovered", Received.Count(static message => message.Outcome is HistoryOutcome.Unknown or HistoryOutcome.Returned or HistoryOutcome.NotSent)),
        ("parked", history.Messages.Count(static message => message.Parked && (message.Drained || message.Deliveries.Count > 0))),
        ("without outcome", Received.Count(static message => message.Outcome is HistoryOutcome.None)),
        ("omitted", history.Omissions.Sum(static omission => omission.Count)),
        ("outage", Longest(Silences())),
        ("stall", Longest(Waits())),
        ("delay", Longest(Delays())),
        .. history.Faults
            .Select(static (fault, index) => (fault, index))
            .OrderBy(static fault => fault.fault.Injected)
            .ThenBy(static fault => fault.index)
            .SelectMany(fault => NumbersOf(fault.fault, fault.index)),
    ];

    internal static IReadOnlyList<(string Name, double? Number)> NumbersOf(Verdict verdict) =>
    [
        ("confirmed", verdict.Confirmed),
        ("received", verdict.Received),
        ("confirmed and received", verdict.ConfirmedReceived),
        ("lost", verdict.Lost),
        ("discarded", verdict.Discarded),
        ("left behind", verdict.LeftBehind),
        ("duplicated", verdict.Duplicated),
        ("redelivered", verdict.DuplicatedRedelivered),
        ("reordered", verdict.Reordered),
        ("late", verdict.Late),
        ("lateness", Ms(verdict.Lateness)),
        ("unexpected", verdict.Unexpected),
        ("unknown", verdict.Unknown),
        ("returned", verdict.Returned),
        ("not sent", verdict.NotSent),
        ("recovered", verdict.Recovered),
        ("parked", verdict.Parked),
        ("without outcome", verdict.WithoutOutcome),
        ("omitted", verdict.Omitted),
        ("outage", Ms(verdict.Outage)),
        ("stall", Ms(verdict.Stall)),
        ("delay", Ms(verdict.Delay)),
        .. verdict.Faults.SelectMany(static fault => new (string, double?)[]
        {
            ("fault", fault.Id),
            ("noticed", fault.Noticed is { } noticed ? (noticed ? 1 : 0) : null),
            ("outage", Ms(fault.Outage)),
            ("stall", Ms(fault.Stall)),
            ("delay", Ms(fault.Delay)),
            ("late", fault.Late),
            ("backlog", fault.Backlog),
            ("catch-up", Ms(fault.CatchUp)),
            ("consumer's detect", Ms(fault.Consumer?.Detect)),
            ("consumer's reconnect", Ms(fault.Consumer?.Reconnect)),
            ("consumer's ready", Ms(fault.Consumer?.Ready)),
            ("producer's detect", Ms(fault.Producer?.Detect)),
            ("producer's reconnect", Ms(fault.Producer?.Reconnect)),
            ("producer's ready", Ms(fault.Producer?.Ready)),
        }),
    ];

    private IEnumerable<(string Name, double? Number)> NumbersOf(HistoryFault fault, int index)
    {
        var over = fault.Healed ?? ToTheEnd;
        var end = history.Faults
            .Where(next => next.Injected >= over && next.Injected > fault.Injected)
            .Select(static next => (double)next.Injected)
            .DefaultIfEmpty(ToTheEnd)
            .Min();
        yield return ("fault", index + 1);
        var wasFelt = fault.Checked is true || history.Losses.Any(loss => loss.At >= fault.Injected && loss.At < end);
        yield return ("noticed", wasFelt ? 1 : fault.Checked is null ? null : 0);
        yield return ("outage", Longest(Silences().Where(Overlaps)));
        yield return ("stall", Longest(Waits().Where(Overlaps)));
        yield return ("delay", Longest(Delays().Where(Overlaps)));
        yield return ("late", LateOnes.Count(late => late.Fault == index));
        yield return ("backlog", fault.EndBegan is { } began ? BacklogAt(began).Count() : null);
        yield return ("catch-up", fault.EndBegan is { } healing && BacklogAt(healing).All(Received.Contains)
            ? BacklogAt(healing).Select(message => DelayOf(message).To - healing).DefaultIfEmpty(0).Max()
            : null);
        foreach (var (name, isConsumer) in new[] { ("consumer", true), ("producer", false) })
        {
            var losses = history.Losses.Where(loss => loss.Program >= History.Producers == isConsumer && loss.At >= fault.Injected && loss.At < end).ToList();
            yield return ($"{name}'s detect", losses.Select(loss => (double?)(loss.At - LastSign(loss, fault))).Max());
            yield return ($"{name}'s reconnect", losses.Where(static loss => loss.Ready is not null).Select(static loss => (double?)loss.Reconnect).Max());
            var ready = losses.Select(loss => (double?)(loss.Ready - (LastSign(loss, fault) ?? loss.At))).Max();
            yield return ($"{name}'s ready", losses.Exists(static loss => loss.Ready is null) ? null : ready);
        }

        bool Overlaps((double From, double To) interval) => interval.From < end && interval.To >= fault.Injected;
    }

    private int? LastSign(HistoryLoss loss, HistoryFault fault)
    {
        var signs = loss.Program < History.Producers
            ? Told.Where(message => message.Run == loss.Program && message.Outcome is HistoryOutcome.Confirmed).Select(static message => message.Resolved)
            : history.Messages.Where(message => message.Session == loss.Session)
                .SelectMany(static message => message.Deliveries.Select(delivery => (delivery.Consumer, At: message.Published + delivery.Delay)))
                .Where(receipt => receipt.Consumer + History.Producers == loss.Program)
                .Select(static receipt => receipt.At)
                .Concat(Enumerable.Repeat(0, loss is { Program: History.Producers, Session: 0 } ? history.Strays : 0));
        return signs.Where(sign => sign <= loss.At).Select(static sign => (int?)sign).Append(fault.Checked is false ? null : fault.Injected).Max();
    }

    private double Count(HistoryOutcome outcome) => Told.Count(message => message.Outcome == outcome);

    private bool IsDiscarded(HistoryMessage message) => history.Faults.Any(fault =>
        fault.Takes && message.Deliveries.Count is 0
        && message.Published < fault.Effective && message.Resolved >= fault.Injected - 1_000 && message.Resolved <= fault.Effective + 1_000);

    private int Reordered(int consumer)
    {
        List<HistoryMessage> received =
        [
            .. history.Messages
                .SelectMany(static message => message.Deliveries.Select(delivery => (Message: message, Delivery: delivery)))
                .Where(receipt => receipt.Delivery.Consumer == consumer)
                .OrderBy(static receipt => receipt.Message.Published + receipt.Delivery.Delay)
                .Select(static receipt => receipt.Message)
                .Distinct(),
        ];
        return received
            .Where((message, index) => received.Take(index).Any(earlier => earlier.Run == message.Run && earlier.Sequence > message.Sequence))
            .Count();
    }

    private IEnumerable<(double From, double To)> Silences()
    {
        List<double> heard =
        [
            .. history.Messages.SelectMany(static message => message.Deliveries.Select(delivery => (double)(message.Published + delivery.Delay)))
                .Concat(Enumerable.Repeat(0d, history.Strays)).Distinct().Order(),
        ];
        var between = heard.Zip(heard.Skip(1));
        return heard.Count > 0 && Told.Any(message => message.Published > heard[^1])
            ? between.Append((heard[^1], Told.Max(static message => message.Resolved)))
            : between;
    }

    private IEnumerable<(double From, double To)> Waits() => Told
        .Where(static message => message.Outcome is HistoryOutcome.Confirmed or HistoryOutcome.Unknown)
        .Select(static message => ((double)message.Published, (double)message.Resolved));

    private IEnumerable<(double From, double To)> Delays() => Received.Select(DelayOf);

    private (double From, double To) DelayOf(HistoryMessage message) => (
        history.Clock is null ? message.Published : message.Published - message.Lag,
        message.Published + message.Deliveries.Min(static delivery => delivery.Delay));

    private IEnumerable<((double From, double To) Delay, int Fault)> LateOnes =>
        from message in Received
        where message.Outcome is HistoryOutcome.Confirmed
        let delay = DelayOf(message)
        let waited = history.Faults
            .Select(static (fault, index) => (fault, index))
            .Where(known => (known.fault.EndBegan ?? known.fault.Healed) < delay.To)
            .Where(known => known.fault.Began > delay.From && message.Resolved < (known.fault.Ended ?? ToTheEnd))
            .OrderBy(static known => known.fault.EndBegan ?? known.fault.Healed)
            .ThenBy(static known => known.fault.Injected)
            .ThenBy(static known => known.index)
            .ToList()
        where waited.Count > 0
        select (delay, waited[^1].index);

    private IEnumerable<HistoryMessage> BacklogAt(int moment) => Told
        .Where(message => message.Outcome is HistoryOutcome.Confirmed && message.Resolved < moment)
        .Where(message => !(message.Parked && (message.Drained || message.Deliveries.Count > 0)))
        .Where(message => message.Drained || !IsDiscarded(message))
        .Where(message => !Received.Contains(message) || DelayOf(message).To > moment);

    private static double? Longest(IEnumerable<(double From, double To)> intervals) =>
        intervals.Select(static interval => (double?)(interval.To - interval.From)).Max();

    private static double? Ms(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
}
