namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>When the peer of a connection certainly read something.</summary>
/// <remarks>
/// Heartbeats and small messages do not count: the kernel buffers many of them for a frozen peer. Large pieces exceed the kernel's buffers (at most a few MiB
/// on Linux, tcp_wmem).
/// </remarks>
internal sealed class WriteProgress(TimeProvider time)
{
    /// <summary>The largest piece of one write, in bytes: a whole frame.</summary>
    public const int Piece = 128 * 1024;

    private const int Least = 4 * 1024;

    private long _timestamp;
    private long _octets;

    /// <summary>Gets how many octets were written.</summary>
    public long Octets => Interlocked.Read(ref _octets);

    /// <summary>Gets when a large piece was last written; 0: never.</summary>
    public long Timestamp => Volatile.Read(ref _timestamp);

    public void Wrote(int bytes)
    {
        Interlocked.Add(ref _octets, bytes);
        if (bytes >= Least)
        {
            Volatile.Write(ref _timestamp, time.GetTimestamp());
        }
    }
}
