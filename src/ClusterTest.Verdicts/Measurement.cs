using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// The last reading of the evidence, when it is known what became of each message: how long everything took, and when a lost session last gave a sign of life.
/// </summary>
internal sealed class Measurement
{
    private readonly Survey _survey;
    private readonly TimelineBuilder _timeline;
    private readonly TextMap<Consumer> _consumers = new();

    // Of several deliveries, the first is known only when all have been read; few messages have several.
    private readonly Dictionary<MessageKey, Receipt> _duplicated = [];
    private DateTime? _lastPublish;
    private DateTime? _lastOutcome;

    internal Measurement(Survey survey, IEnumerable<Entry> evidence)
    {
        _survey = survey;
        _timeline = new TimelineBuilder(survey.Span);
        Stalls = new Longest(survey.Faults);
        Delays = new Longest(survey.Faults);
        Outages = new Longest(survey.Faults);
        Backlogs = new BacklogCount(survey.Faults.Where(IsOfOneClock));
        LateMessages = new LateCount(new LateRule(survey.Faults.Where(IsOfOneClock)));
        foreach (var entry in evidence)
        {
            Enter(entry);
        }

        foreach (var (message, first) in _duplicated)
        {
            Receive(message, first);
        }

        foreach (var silence in Silence())
        {
            Outages.Enter(silence);
        }
    }

    internal LatencyRecorder ConfirmLatencies { get; } = new();

    internal LatencyRecorder DelayLatencies { get; } = new();

    /// <summary>Gets the waits for confirms.</summary>
    internal Longest Stalls { get; }

    /// <summary>Gets the times from the moments at which messages were due to their first receipts.</summary>
    internal Longest Delays { get; }

    /// <summary>Gets the silences of the consumers.</summary>
    internal Longest Outages { get; }

    internal LateCount LateMessages { get; }

    internal BacklogCount Backlogs { get; }

    /// <summary>Gets the number of late messages; null if a fault and the programs did not all read one clock.</summary>
    internal long? Late => _survey.Faults.All(IsOfOneClock) ? LateMessages.OfAll : null;

    internal Timeline Timeline => _timeline.Build();

    /// <summary>Gets the number of messages that were due and never published.</summary>
    internal long Omitted { get; private set; }

    internal long Reordered => _consumers.Values.Sum(static consumer => consumer.Order.OutOfOrder);

    private void Enter(Entry entry)
    {
        _survey.SourceOf(entry)?.Hear(entry);
        switch (entry.Event)
        {
            case SentEvent sent:
                var wait = Interval.Before(entry.At, sent.Latency);
                _timeline.Confirm(entry.At);
                ConfirmLatencies.Record(Interval.SinceDue(entry.At, sent).Length);
                Stalls.Enter(wait);
                Publish(wait);
                if (_survey.Faults.Count > 0
                    && _survey.Ledger.Find(sent.Run, sent.Sequence).IsNowhere
                    && _survey.SourceOf(entry)?.Clock is { } clock
                    && _survey.Faults.Any(fault => fault.TookAway(wait, clock)))
                {
                    _survey.Ledger.Discard(sent.Run, sent.Sequence);
                }

                if (_survey.Ledger.Find(sent.Run, sent.Sequence) is { IsReceived: false, IsParked: false } kept && !kept.Has(MessageMarks.Discarded))
                {
                    Backlogs.EnterUnreceived(entry.At);
                }

                break;
            case UnknownEvent { Latency: { } waited }:
                Stalls.Enter(Interval.Before(entry.At, waited));
                Publish(Interval.Before(entry.At, waited));
                break;
            case ReturnedEvent { Latency: { } waited }:
                Publish(Interval.Before(entry.At, waited));
                break;
            case NotSentEvent { Latency: { } waited }:
                Publish(Interval.Before(entry.At, waited));
                break;
            case OmittedEvent omitted:
                Omitted += omitted.Count;
                ConfirmLatencies.RecordSpread(omitted.FirstLag, omitted.LastLag, omitted.Count);
                break;
            case ReceivedEvent received:
                Receive(entry, received.Run, received.Sequence, new Receipt(entry.At, DelayOf(entry, received)));
                break;
            case ParkedEvent parked:
                Receive(entry, parked.Run, parked.Sequence, receipt: null);
                break;
            default:
                break;
        }
    }

    private void Publish(Interval publish)
    {
        _lastPublish = publish.From > (_lastPublish ?? DateTime.MinValue) ? publish.From : _lastPublish ?? publish.From;
        _lastOutcome = publish.To > (_lastOutcome ?? DateTime.MinValue) ? publish.To : _lastOutcome ?? publish.To;
    }

    // The message of another producer holds the time of the wall's clock at which it was made, and no more.
    private static Interval DelayOf(Entry entry, ReceivedEvent received)
    {
        if (entry.Due is { } due)
        {
            return new Interval(due < entry.At ? due : entry.At, entry.At);
        }

        var made = Math.Round(received.Time * 1000) * TimeSpan.TicksPerMillisecond;
        return Interval.Before(entry.At, TimeSpan.FromTicks((long)((entry.Wall - DateTime.UnixEpoch).Ticks - made)));
    }

    // A message that is parked is a sign of life, but no receipt.
    private void Receive(Entry entry, string? run, long? sequence, Receipt? receipt)
    {
        if (!_consumers.TryGetValue(entry.Source, out var consumer))
        {
            consumer = new Consumer(new Silences(), new SequenceLedger());
            _consumers.Add(entry.Source, consumer);
        }

        consumer.Silences.Hear(entry.At);
        if (run is null || sequence is not { } number || !_survey.Ledger.IsSent(run))
        {
            return;
        }

        consumer.Order.Add(run, number);
        if (receipt is not { } received)
        {
            return;
        }

        var message = new MessageKey(run, number);
        if (_survey.Ledger.Find(run, number).Duplicates is 0)
        {
            Receive(message, received);
        }
        else if (!_duplicated.TryGetValue(message, out var first) || received.At < first.At)
        {
            _duplicated[message] = received;
        }
    }

    private void Receive(MessageKey message, Receipt first)
    {
        _timeline.Receive(first.At);
        if (_survey.IsOneClock)
        {
            DelayLatencies.Record(first.Delay.Length);
            Delays.Enter(first.Delay);
            if (_survey.Ledger.Find(message.Run, message.Sequence).Outcome is MessageOutcome.Confirmed)
            {
                var confirmed = _survey.LateConfirmOf(message);
                LateMessages.Enter(first.Delay, confirmed);
                Backlogs.Enter(first.Delay, confirmed);
            }
        }
    }

    private bool IsOfOneClock(FaultRecord fault) => _survey.IsOneClock && fault.Fault.Clock == _survey.ConsumerClock;

    // Where the consumers' clocks differ, the silence of each consumer counts by itself.
    private IEnumerable<Interval> Silence()
    {
        var heard = _consumers.Values.Select(static consumer => consumer.Silences).ToList();
        if (_survey.ConsumerClock is null)
        {
            return heard.SelectMany(static consumer => consumer.All);
        }

        // A consumer should have heard what was published after the last receipt.
        var last = heard.Max(static consumer => consumer.Last);
        var silence = Silences.OfAll(heard);
        return _survey.IsOneClock && last is { } end && _lastPublish > end ? [.. silence, new Interval(end, _lastOutcome!.Value)] : silence;
    }

    private readonly record struct Receipt(DateTime At, Interval Delay);

    private sealed record Consumer(Silences Silences, SequenceLedger Order);
}
