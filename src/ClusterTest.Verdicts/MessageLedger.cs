using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// Accounts for every message by its run and number, in about four bytes a message. The order of the events does not matter.
/// For one thread at a time.
/// </summary>
public sealed class MessageLedger
{
    /// <summary>Most runs that evidence may hold: the runs of its producers, and the runs that strangers' messages name.</summary>
    public const int MostRuns = 10_000;

    // 2 GiB, and half a billion messages in a row.
    private const int MostPages = 1 << 21;

    // The end of the name that this project's consumer gives its parked queue.
    private const string ParkedSuffix = ".parked";

    private readonly int _mostPages;
    private readonly TextMap<RunRecord> _runs = new();
    private long _withoutNumber;
    private int _pages;

    /// <summary>Initializes an empty ledger.</summary>
    public MessageLedger()
        : this(MostPages)
    {
    }

    internal MessageLedger(int mostPages) => _mostPages = mostPages;

    /// <summary>Gets the number of messages that the broker confirmed.</summary>
    public long Confirmed { get; private set; }

    /// <summary>Gets the number of different messages received that a producer of the evidence sent.</summary>
    public long Received { get; private set; }

    /// <summary>Gets the number of messages confirmed, and neither received nor parked yet.</summary>
    public long Outstanding { get; private set; }

    /// <summary>Gets the number of deliveries of unexpected messages: they carry no number, or one of a run that no producer of the evidence sent.</summary>
    public long Unexpected => _withoutNumber + _runs.Values.Where(static run => !run.IsSent).Sum(static run => run.Deliveries);

    /// <summary>Gets the number of deliveries with another body than was sent, of messages that a producer of the evidence sent.</summary>
    public long Damaged => _runs.Values.Where(static run => run.IsSent).Sum(static run => run.Damaged);

    /// <summary>Gets what is known of each message that a producer of the evidence sent, by run and number.</summary>
    internal IEnumerable<(MessageKey Key, MessageRecord Record)> Messages =>
        _runs.All.Where(static run => run.Value.IsSent)
            .OrderBy(static run => run.Key, StringComparer.Ordinal)
            .SelectMany(static run => run.Value.Messages.Select(message => (new MessageKey(run.Key, message.Sequence), message.Record)));

    /// <summary>Enters an event. An event that concerns no message changes nothing.</summary>
    /// <exception cref="EvidenceException">There are more runs, or more numbers far apart, than evidence of a test can have.</exception>
    public void Add(ResultEvent written)
    {
        switch (written)
        {
            case SentEvent sent:
                Resolve(sent.Run, sent.Sequence, MessageOutcome.Confirmed);
                break;
            case UnknownEvent unknown:
                Resolve(unknown.Run, unknown.Sequence, MessageOutcome.Unknown);
                break;
            case ReturnedEvent returned:
                Resolve(returned.Run, returned.Sequence, MessageOutcome.Returned);
                break;
            case NotSentEvent notSent:
                Resolve(notSent.Run, notSent.Sequence, MessageOutcome.NotSent);
                break;
            case ReceivedEvent received:
                Deliver(received.Run, received.Sequence, received.Redelivered, MessageMarks.Received, received.Damage is not null);
                break;
            case ParkedEvent parked:
                Deliver(parked.Run, parked.Sequence, false, MessageMarks.Parked);
                break;
            case DrainedEvent { Run: { } run, Sequence: { } sequence } drained:
                At(RunOf(run), sequence).Add(drained.Queue.EndsWith(ParkedSuffix, StringComparison.Ordinal) ? MessageMarks.FoundParked : MessageMarks.Drained);
                break;
            case ProducerSummaryEvent { Run: { } run }:
                Send(RunOf(run)); // also if every other line of it is gone
                break;
            default:
                break;
        }
    }

    /// <summary>Tells whether a producer of the evidence sent this run.</summary>
    internal bool IsSent(string? run) => run is not null && _runs.TryGetValue(run, out var record) && record.IsSent;

    /// <summary>What is known of a message so far.</summary>
    internal MessageRecord Find(string run, long sequence) =>
        _runs.TryGetValue(run, out var record) && record.Holds(sequence) ? record.At(sequence) : default;

    /// <summary>Enters that a fault took a message away.</summary>
    internal void Discard(string run, long sequence) => At(RunOf(run), sequence).Add(MessageMarks.Discarded);

    private void Send(RunRecord run)
    {
        if (!run.IsSent)
        {
            run.IsSent = true;
            Received += run.Received;
        }
    }

    private void Resolve(string run, long sequence, MessageOutcome outcome)
    {
        var record = RunOf(run);
        Send(record);
        ref var message = ref At(record, sequence);
        if (outcome is MessageOutcome.Confirmed && message.Outcome is not MessageOutcome.Confirmed)
        {
            Confirmed++;
            Outstanding += message.Deliveries is 0 ? 1 : 0;
        }

        message.Resolve(outcome);
    }

    private void Deliver(string? run, long? sequence, bool redelivered, MessageMarks mark, bool isDamaged = false)
    {
        if (run is null || sequence is not { } number)
        {
            _withoutNumber++;
            return;
        }

        var record = RunOf(run);
        ref var message = ref At(record, number);
        record.Deliveries++;
        record.Damaged += isDamaged ? 1 : 0;
        Outstanding -= message.Deliveries is 0 && message.Outcome is MessageOutcome.Confirmed ? 1 : 0;
        if (mark is MessageMarks.Received && !message.IsReceived)
        {
            record.Received++;
            Received += record.IsSent ? 1 : 0;
        }

        message.Deliver(mark, redelivered);
    }

    private RunRecord RunOf(string run)
    {
        if (!_runs.TryGetValue(run, out var record))
        {
            if (_runs.Count == MostRuns)
            {
                throw new EvidenceException($"The evidence names more than {MostRuns} runs of producers. Judge fewer files at a time.");
            }

            record = new RunRecord();
            _runs.Add(run, record);
        }

        return record;
    }

    private ref MessageRecord At(RunRecord run, long sequence)
    {
        if (!run.Holds(sequence))
        {
            if (_pages == _mostPages)
            {
                throw new EvidenceException(
                    "The evidence names more messages, or numbers farther apart, than can be accounted for "
                        + $"({(long)_mostPages << RunRecord.PageBits} in a row). Judge fewer files at a time.");
            }

            run.Extend(sequence);
            _pages++;
        }

        return ref run.At(sequence);
    }
}
