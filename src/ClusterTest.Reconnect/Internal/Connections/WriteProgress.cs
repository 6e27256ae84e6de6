namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>When a connection's peer last took something in earnest.</summary>
/// <remarks>
/// Heartbeats and small messages do not count: the kernel takes many of those for a peer that is frozen. What is large must get past its
/// buffers (at most a few MiB on Linux, tcp_wmem).
/// </remarks>
internal sealed class WriteProgress(TimeProvider time)
{
    /// <summary>The most that is written at a time, in bytes.</summary>
    public const int Piece = 64 * 1024;

    private const int Least = 4 * 1024;

    private long _timestamp;
    private long _octets;

    /// <summary>Gets how many octets were written.</summary>
    public long Octets => Interlocked.Read(ref _octets);

    /// <summary>Gets when a large piece was written last, or 0.</summary>
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
