namespace ClusterTest.Verdicts;

/// <summary>The messages of one producer's run, in pages. Any number may be missing, and any number may come.</summary>
internal sealed class RunRecord
{
    // So small that a single stray number costs no more memory than a few lines of its file.
    internal const int PageBits = 8;
    private const int PageSize = 1 << PageBits;

    private readonly Dictionary<long, MessageRecord[]> _pages = [];
    private MessageRecord[]? _last;
    private long _lastNumber;

    /// <summary>Gets or sets a value indicating whether a producer of the evidence sent the run.</summary>
    internal bool IsSent { get; set; }

    /// <summary>Gets or sets the number of different messages received.</summary>
    internal long Received { get; set; }

    /// <summary>Gets or sets the number of deliveries.</summary>
    internal long Deliveries { get; set; }

    /// <summary>Gets or sets the number of deliveries with another body than was sent.</summary>
    internal long Damaged { get; set; }

    /// <summary>Gets the numbers and records in order. Numbers of which nothing is known may be among them.</summary>
    internal IEnumerable<(long Sequence, MessageRecord Record)> Messages =>
        _pages.OrderBy(static page => page.Key).SelectMany(static page => page.Value.Select((record, index) => ((page.Key << PageBits) + index, record)));

    /// <summary>Tells whether there is a page for this number.</summary>
    internal bool Holds(long sequence) => Page(sequence >> PageBits) is not null;

    /// <summary>Makes a page for this number.</summary>
    internal void Extend(long sequence) => _pages.Add(sequence >> PageBits, new MessageRecord[PageSize]);

    /// <summary>The record of a number for which there is a page.</summary>
    internal ref MessageRecord At(long sequence) => ref Page(sequence >> PageBits)![sequence & (PageSize - 1)];

    // Messages come almost in order: the next message is mostly on the page of the last one.
    private MessageRecord[]? Page(long number)
    {
        if (_last is null || number != _lastNumber)
        {
            (_last, _lastNumber) = (_pages.GetValueOrDefault(number), number);
        }

        return _last;
    }
}
