namespace ClusterTest.Lab.Verdicts;

/// <summary>What became of one message, in four bytes. Counts stop at the greatest number that they can hold.</summary>
internal struct MessageRecord
{
    private ushort _deliveries;
    private byte _redelivered;

    /// <summary>Gets how often it was received or parked.</summary>
    public readonly int Deliveries => _deliveries;

    /// <summary>Gets what else is known.</summary>
    public MessageMarks Marks { get; private set; }

    public readonly int Duplicates => Math.Max(_deliveries - 1, 0);

    /// <summary>Gets how many of the duplicates the broker can have flagged: the first delivery may be flagged too, as when an unacked one was never read.</summary>
    public readonly int DuplicatesRedelivered => Math.Min(_redelivered, Duplicates);

    /// <summary>Gets what the producer knew in the end: a confirm outdoes what it thought before.</summary>
    public readonly MessageMarks Outcome =>
        Has(MessageMarks.Confirmed) ? MessageMarks.Confirmed
        : Has(MessageMarks.Unknown) ? MessageMarks.Unknown
        : Has(MessageMarks.Returned) ? MessageMarks.Returned
        : Marks & MessageMarks.NotSent;

    public readonly bool IsReceived => _deliveries > 0;

    /// <summary>Gets a value indicating whether it is confirmed, and neither received nor found in a queue.</summary>
    public readonly bool IsMissing => Has(MessageMarks.Confirmed) && !IsReceived && !Has(MessageMarks.Drained);

    public readonly bool Has(MessageMarks mark) => (Marks & mark) != 0;

    public void Add(MessageMarks mark) => Marks |= mark;

    public void Deliver(bool redelivered)
    {
        _deliveries = (ushort)Math.Min(_deliveries + 1, ushort.MaxValue);
        _redelivered = (byte)Math.Min(_redelivered + (redelivered ? 1 : 0), byte.MaxValue);
    }
}
