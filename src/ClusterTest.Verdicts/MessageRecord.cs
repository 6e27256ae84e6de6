namespace ClusterTest.Verdicts;

/// <summary>What became of one message, in four bytes. A count stops at the greatest number that it can hold.</summary>
internal struct MessageRecord
{
    private const int OutcomeShift = 5;

    private ushort _deliveries;
    private byte _redelivered;

    // The marks, and above them the outcome.
    private byte _bits;

    /// <summary>Gets how often the message was received or parked.</summary>
    public readonly int Deliveries => _deliveries;

    public readonly int Duplicates => Math.Max(_deliveries - 1, 0);

    /// <summary>
    /// Gets how many of the duplicates the broker can have flagged. The first delivery may be flagged too: an earlier one was neither read nor acked.
    /// </summary>
    public readonly int DuplicatesRedelivered => Math.Min(_redelivered, Duplicates);

    /// <summary>Gets what the producer knew of the message in the end.</summary>
    public readonly MessageOutcome Outcome => (MessageOutcome)(_bits >> OutcomeShift);

    public readonly bool IsReceived => Has(MessageMarks.Received);

    /// <summary>Gets a value indicating whether the message was parked: the consumer said so, or the message was found in the parked queue.</summary>
    public readonly bool IsParked => Has(MessageMarks.Parked | MessageMarks.FoundParked);

    /// <summary>
    /// Gets a value indicating whether the message is confirmed, and neither received, parked nor found in a queue: a fault may have taken it.
    /// </summary>
    public readonly bool IsNowhere => Outcome is MessageOutcome.Confirmed
        && !Has(MessageMarks.Received | MessageMarks.Parked | MessageMarks.FoundParked | MessageMarks.Drained);

    /// <summary>Tells whether the message has any of these marks.</summary>
    public readonly bool Has(MessageMarks marks) => ((MessageMarks)_bits & marks) != 0;

    public void Add(MessageMarks mark) => _bits |= (byte)mark;

    public void Resolve(MessageOutcome outcome)
    {
        if (outcome > Outcome)
        {
            _bits = (byte)((_bits & ((1 << OutcomeShift) - 1)) | ((int)outcome << OutcomeShift));
        }
    }

    public void Deliver(MessageMarks mark, bool redelivered)
    {
        Add(mark);
        _deliveries = (ushort)Math.Min(_deliveries + 1, ushort.MaxValue);
        _redelivered = (byte)Math.Min(_redelivered + (redelivered ? 1 : 0), byte.MaxValue);
    }
}
