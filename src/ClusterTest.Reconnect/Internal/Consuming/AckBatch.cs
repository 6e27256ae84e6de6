namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// The messages that the handler has finished and that are not acked yet. One ack covers them all, so a batch must be taken before a message stays open that
/// came after it: the ack of a later batch would cover that message, too.
/// </summary>
/// <remarks>The handler's task adds messages. That task takes them, or the end of the channel does, which may come while a handler hangs.</remarks>
internal sealed class AckBatch(int limit, TimeProvider time)
{
    // A slow handler's messages are acked one by one: then an ack costs little, and a lost connection brings few handled messages back.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(5);

    // The bodies count as held until the ack.
    private const int MostBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private ulong _last;
    private int _count;
    private long _bytes;
    private long _began;

    /// <summary>Adds a message.</summary>
    /// <param name="deliveryTag">The message's delivery tag, which is higher than all before.</param>
    /// <param name="bytes">The length of the message's body.</param>
    /// <param name="began">When the message's handler was called.</param>
    /// <param name="ended">When the handler had finished.</param>
    /// <returns>Whether the batch must be acked now.</returns>
    public bool Add(ulong deliveryTag, int bytes, long began, long ended)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                _began = began;
            }

            _last = deliveryTag;
            _bytes += bytes;
            return ++_count >= limit || _bytes >= MostBytes || time.GetElapsedTime(_began, ended) >= LongestWait;
        }
    }

    /// <summary>Takes all messages out of the batch.</summary>
    /// <returns>The last delivery tag, the number of messages, which may be 0, and the length of their bodies.</returns>
    public (ulong Last, int Count, long Bytes) Take()
    {
        lock (_lock)
        {
            var taken = (_last, _count, _bytes);
            (_count, _bytes) = (0, 0);
            return taken;
        }
    }

    /// <summary>Gets a value indicating whether nothing waits for its ack.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _count == 0;
            }
        }
    }
}
