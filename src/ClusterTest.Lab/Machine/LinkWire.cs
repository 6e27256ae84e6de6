namespace ClusterTest.Lab.Machine;

/// <summary>One direction of a link, which all connections share: when it is free again, and how much it has carried.</summary>
internal sealed class LinkWire(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _free;
    private long _carried;
    private long _inTransit;

    internal long Carried => Volatile.Read(ref _carried);

    internal long InTransit => Volatile.Read(ref _inTransit);

    /// <summary>Occupies the wire, once it is free, for as long as the bytes take.</summary>
    /// <returns>The timestamp at which the last byte has left.</returns>
    internal long Occupy(int bytes, long bytesPerSecond)
    {
        lock (_lock)
        {
            var duration = (double)bytes / bytesPerSecond * time.TimestampFrequency;
            return _free = Math.Max(_free, time.GetTimestamp()) + (long)Math.Ceiling(duration);
        }
    }

    /// <summary>Forgets what occupied the wire: the rate is another one.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _free = 0;
        }
    }

    internal void Take(int bytes) => Interlocked.Add(ref _inTransit, bytes);

    internal void Drop(long bytes) => Interlocked.Add(ref _inTransit, -bytes);

    internal void Deliver(int bytes)
    {
        Interlocked.Add(ref _inTransit, -bytes);
        Interlocked.Add(ref _carried, bytes);
    }
}
