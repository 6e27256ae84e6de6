namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// The unconfirmed messages of one channel, by publish sequence number. Each generation has its own, so that a confirm of an old channel
/// cannot be taken for the new one's. It belongs to the <see cref="Outbox"/>'s lock.
/// </summary>
internal sealed class InFlight
{
    private readonly Dictionary<ulong, PendingPublish> _bySequence = [];
    private ulong _lowest = 1;
    private ulong _last;

    public int Count => _bySequence.Count;

    /// <summary>Gets or sets a value indicating whether nothing more may be written to this channel.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Gets the longest-waiting message.</summary>
    public PendingPublish? Oldest
    {
        get
        {
            SkipConfirmed();
            return _bySequence.GetValueOrDefault(_lowest);
        }
    }

    // The broker numbers the publishes of a channel in confirm mode from 1 (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
    public void Add(PendingPublish publish) => _bySequence.Add(++_last, publish);

    public PendingPublish? Take(ulong sequence) => _bySequence.Remove(sequence, out var publish) ? publish : null;

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

    /// <summary>Finds the message that a <c>basic.return</c> speaks of: returns come in publish order, before their confirm.</summary>
    public PendingPublish? FindUnreturned(string messageId)
    {
        for (var sequence = _lowest; sequence <= _last; sequence++)
        {
            if (_bySequence.TryGetValue(sequence, out var publish) && !publish.IsReturned && publish.Message.MessageId == messageId)
            {
                return publish;
            }
        }

        return null;
    }

    private void SkipConfirmed()
    {
        while (_lowest <= _last && !_bySequence.ContainsKey(_lowest))
        {
            _lowest++;
        }
    }
}
