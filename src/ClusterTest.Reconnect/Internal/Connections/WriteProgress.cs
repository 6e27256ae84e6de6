namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>When the peer of a connection certainly read something.</summary>
/// <remarks>
/// Heartbeats and small messages do not count: the kernel buffers many of them for a frozen peer. Large pieces exceed the kernel's buffers (at most a few MiB
/// on Linux, tcp_wmem).
/// </remarks>
internal sealed class WriteProgress(TimeProvider time)
{
    /// <summary>The largest piece of one write in bytes, unless the peer reads fast: a whole frame.</summary>
    public const int SmallPiece = 128 * 1024;

    /// <summary>The largest piece of one write in bytes.</summary>
    public const int LargePiece = 1024 * 1024;

    /// <summary>What is smaller, in bytes, shows no progress.</summary>
    public const int Least = 4 * 1024;

    // The share of a second's octets that makes a piece. What a slow peer takes at once into the kernel's buffers, at most 4 MiB, does not make larger pieces.
    private const int PiecesInSecond = 32;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _timestamp;
    private long _octets;
    private int _piece = SmallPiece;
    private long _periodBegan = time.GetTimestamp();
    private long _periodOctets;

    /// <summary>Gets how many octets were written.</summary>
    public long Octets => Interlocked.Read(ref _octets);

    /// <summary>Gets when a large piece was last written; 0: never.</summary>
    public long Timestamp => Volatile.Read(ref _timestamp);

    /// <summary>
    /// Gives how many bytes to write at once. Nothing shows that a piece makes progress until all of it is written, so a piece is large only for a peer that
    /// took many of its size in the last second. Only the writer may call this method.
    /// </summary>
    public int NextPiece()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_periodBegan, now);
        if (elapsed >= Period)
        {
            var octets = Octets;
            _piece = (int)Math.Clamp((octets - _periodOctets) / elapsed.TotalSeconds / PiecesInSecond, SmallPiece, LargePiece);
            (_periodBegan, _periodOctets) = (now, octets);
        }

        return _piece;
    }

    /// <summary>Counts what was written.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="isTogether">Whether they are many small frames, which show no more progress together than one by one.</param>
    public void Wrote(int bytes, bool isTogether = false)
    {
        Interlocked.Add(ref _octets, bytes);
        if (bytes >= Least && !isTogether)
        {
            Volatile.Write(ref _timestamp, time.GetTimestamp());
        }
    }
}
