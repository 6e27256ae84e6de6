using System.Runtime.InteropServices;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>A consumer's counts over all sessions and generations.</summary>
internal sealed class ConsumerCounters
{
    private Apart _delivered; // counted by the client library's dispatcher, and the others by the handler's task
    private long _received;
    private long _acked;
    private long _retried;
    private long _parked;
    private long _stale;
    private int _swallowed;

    /// <summary>Gets how many messages came, over all sessions, including messages that no handler has begun.</summary>
    public long Delivered => Interlocked.Read(ref _delivered.Count);

    public ConsumerStatistics Snapshot() => new(
        Interlocked.Read(ref _received),
        Interlocked.Read(ref _acked),
        Interlocked.Read(ref _retried),
        Interlocked.Read(ref _parked),
        Interlocked.Read(ref _stale));

    public void CountReceived() => Interlocked.Increment(ref _received);

    /// <summary>Counts a message that the client library received and failed to deliver to us.</summary>
    /// <returns>The number of such messages in a row.</returns>
    public int CountSwallowed() => Interlocked.Increment(ref _swallowed);

    /// <summary>Counts a message that the client library delivered to us.</summary>
    public void CountDelivered()
    {
        Interlocked.Increment(ref _delivered.Count);
        if (Volatile.Read(ref _swallowed) != 0)
        {
            Volatile.Write(ref _swallowed, 0);
        }
    }

    public void CountStale(int count) => Interlocked.Add(ref _stale, count);

    public void CountSettled(DeliveryAction action, int count = 1)
    {
        switch (action)
        {
            case DeliveryAction.Retry:
                Interlocked.Add(ref _retried, count);
                break;
            case DeliveryAction.Park:
                Interlocked.Add(ref _parked, count);
                break;
            default:
                Interlocked.Add(ref _acked, count);
                break;
        }
    }

    // In a line of the processors' caches that holds nothing else.
    [StructLayout(LayoutKind.Explicit, Size = 2 * CacheLine)]
    private struct Apart
    {
        [FieldOffset(CacheLine)]
        public long Count;

        private const int CacheLine = 64;
    }
}
