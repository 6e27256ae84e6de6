using ClusterTest.Reconnect.Internal.Connections;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// The unconfirmed messages of one channel, by publish sequence number. Each generation has its own instance, so that a confirm of an old channel cannot be
/// taken for a confirm of the new channel. The <see cref="Outbox"/>'s lock guards it.
/// </summary>
internal sealed class InFlight
{
    private readonly Dictionary<ulong, PendingPublish> _bySequence = [];
    private ulong _lowest = 1;
    private ulong _last;
    private long _handedOver;

    /// <summary>Gets what wakes the channel's writer when it may take another message.</summary>
    public Wakeup Writer { get; } = new();

    /// <summary>Gets or sets a value indicating whether the writer waits for any message, and not for room on this channel.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Gets or sets a value indicating whether the channel is in the outbox's queue of idle channels, where it may be out of date.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Gets what holds messages back while others follow at once.</summary>
    public WriteCork Cork { get; init; } = new();

    /// <summary>Gets or sets how few messages must be unconfirmed before a writer that waits for room is woken.</summary>
    public int RoomMark { get; set; }

    public int Count => _bySequence.Count;

    /// <summary>Gets the size of the unconfirmed messages in bytes, as the window counts it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets how many octets the connection had written before this channel's first message.</summary>
    public long WrittenBefore { get; init; }

    /// <summary>Gets or sets a value indicating whether nothing more may be written to this channel.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Gets a value indicating whether the broker closed the channel because of one of its messages, and nobody knows which.</summary>
    public bool IsBlamed { get; private set; }

    /// <summary>Gets or sets when the channel last settled a message, or got a message after all others were settled.</summary>
    public long ProgressTimestamp { get; set; }

    /// <summary>Gets or sets the latest time at which one of the channel's confirmed messages was written.</summary>
    public long LastConfirmedWrite { get; set; }

    /// <summary>Gets the message that has waited longest.</summary>
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

    /// <summary>Takes back the message that was added last and not written, so that the broker does not count it.</summary>
    public bool TakeLast(PendingPublish publish)
    {
        if (publish.Sequence != _last || Find(_last) != publish)
        {
            return false; // the channel has been given up meanwhile
        }

        _handedOver -= publish.Bytes;
        Take(_last--);
        return true;
    }

    /// <summary>Takes the oldest message, unless its sequence number is higher than the given one.</summary>
    public PendingPublish? TakeNext(ulong upTo)
    {
        while (_lowest <= upTo && _lowest <= _last)
        {
            if (Take(_lowest++) is { } publish)
            {
                return publish;
            }
        }

        return null;
    }

    /// <summary>Takes all messages up to and including a sequence number, the oldest first.</summary>
    public IEnumerable<PendingPublish> TakeUpTo(ulong sequence)
    {
        while (TakeNext(sequence) is { } publish)
        {
            yield return publish;
        }
    }

    public IEnumerable<PendingPublish> TakeAll() => TakeUpTo(_last);

    /// <summary>Finds the oldest message with a body of this length.</summary>
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

    /// <summary>Marks all messages as suspects.</summary>
    public void Blame()
    {
        IsBlamed = true;
        foreach (var publish in _bySequence.Values)
        {
            publish.IsSuspect = true;
        }
    }
}
