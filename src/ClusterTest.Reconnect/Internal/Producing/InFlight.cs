namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// The unconfirmed messages of one channel, by publish sequence number. Each generation has its own, so that a confirm of an old channel
/// cannot be taken for the new one's. It belongs to the <see cref="Outbox"/>'s lock.
/// </summary>
internal sealed class InFlight
{
    private readonly Dictionary<ulong, PendingPublish> _bySequence = [];
    private ulong _lowest = 1;
    private ulong _last;
    private long _handedOver;

    /// <summary>Gets what wakes the channel's writer when there may be room for more.</summary>
    public Signal Room { get; } = new();

    public int Count => _bySequence.Count;

    /// <summary>Gets what the unconfirmed messages take of the window in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets what the connection had written before this channel's first message, in octets.</summary>
    public long WrittenBefore { get; init; }

    /// <summary>Gets or sets a value indicating whether nothing more may be written to this channel.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Gets a value indicating whether the broker closed the channel for one of its messages, and which one is not known.</summary>
    public bool IsBlamed { get; private set; }

    /// <summary>Gets or sets when the channel last settled a message, or got the first after all were settled.</summary>
    public long ProgressTimestamp { get; set; }

    /// <summary>Gets or sets when that of its confirmed messages was written which was written last.</summary>
    public long LastConfirmedWrite { get; set; }

    /// <summary>Gets the longest-waiting message.</summary>
    public PendingPublish? Oldest
    {
        get
        {
            while (_lowest <= _last && !_bySequence.ContainsKey(_lowest))
            {
                _lowest++;
            }

            return _bySequence.GetValueOrDefault(_lowest);
        }
    }

    // The broker numbers the publishes of a channel in confirm mode from 1 (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
    public void Add(PendingPublish publish)
    {
        if (Count == 0)
        {
            ProgressTimestamp = publish.WrittenTimestamp;
        }

        _handedOver += publish.Bytes;
        publish.EndOffset = WrittenBefore + _handedOver;
        publish.PassedTimestamp = 0;
        publish.Sequence = ++_last;
        _bySequence.Add(_last, publish);
        Bytes += publish.Bytes;
    }

    public PendingPublish? Find(ulong sequence) => _bySequence.GetValueOrDefault(sequence);

    public PendingPublish? Take(ulong sequence)
    {
        if (!_bySequence.Remove(sequence, out var publish))
        {
            return null;
        }

        Bytes -= publish.Bytes;
        return publish;
    }

    /// <summary>Takes back the message that was added last and not written; the broker does not count it.</summary>
    public bool TakeLast(PendingPublish publish)
    {
        if (publish.Sequence != _last || Find(_last) != publish)
        {
            return false; // the channel was given up meanwhile
        }

        _handedOver -= publish.Bytes;
        Take(_last--);
        return true;
    }

    /// <summary>Takes all up to and including a sequence number, oldest first.</summary>
    public IEnumerable<PendingPublish> TakeUpTo(ulong sequence)
    {
        for (; _lowest <= sequence && _lowest <= _last; _lowest++)
        {
            if (Take(_lowest) is { } publish)
            {
                yield return publish;
            }
        }
    }

    public IEnumerable<PendingPublish> TakeAll() => TakeUpTo(_last);

    /// <summary>Finds the oldest message with a body of so many bytes.</summary>
    public PendingPublish? FindBody(int length)
    {
        for (var sequence = _lowest; sequence <= _last; sequence++)
        {
            if (Find(sequence) is { } publish && publish.Content.Body.Length == length)
            {
                return publish;
            }
        }

        return null;
    }

    /// <summary>Puts all under suspicion.</summary>
    public void Blame()
    {
        IsBlamed = true;
        foreach (var publish in _bySequence.Values)
        {
            publish.IsSuspect = true;
        }
    }
}
