using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClusterTest.Cli;

/// <summary>
/// A stream that writes to a pipe or terminal, and waits for its reader as long as <see cref="WritePatience"/> allows. A write that blocks cannot be
/// cancelled, so a write begins only when there is room. After the stream has given up its reader, it does not wait for the reader again.
/// </summary>
internal sealed partial class PatientStream : Stream
{
    private const short CanWriteNow = 4; // POLLOUT
    private const int Interrupted = 4; // EINTR

    // When poll(2) reports room, a pipe takes this many bytes at once (PIPE_BUF).
    private const int Piece = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly int _descriptor;
    private readonly FileStream _stream;
    private readonly WritePatience _patience;
    private bool _hasGivenUp;

    /// <summary>Initializes the stream.</summary>
    /// <param name="descriptor">The descriptor of the open file, which this stream does not close.</param>
    /// <param name="patience">How long to wait for the reader.</param>
    public PatientStream(int descriptor, WritePatience patience)
    {
        _descriptor = descriptor;
        _patience = patience;
#pragma warning disable CA2000 // The stream disposes of the handle.
        _stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => _stream.CanSeek;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    /// <exception cref="IOException">The reader has gone, or takes nothing and the patience is over.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            WaitForRoom();
            var piece = buffer[..Math.Min(buffer.Length, Piece)];
            _stream.Write(piece);
            buffer = buffer[piece.Length..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WaitForRoom()
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!OperatingSystem.IsWindows())
        {
            var isLast = _hasGivenUp || _patience.IsOver(since);
            var wanted = new Descriptor { Number = _descriptor, Wanted = CanWriteNow };
            var ready = Poll(ref wanted, 1, isLast ? 0 : (int)Interval.TotalMilliseconds);
            if (ready > 0)
            {
                _patience.Note(since);
            }

            if (ready > 0 || (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted))
            {
                return; // there is room, or the write throws the right exception
            }

            if (isLast)
            {
                _hasGivenUp = true;
                throw new IOException("its reader takes nothing");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref Descriptor descriptors, nuint count, int milliseconds);

    // struct pollfd, poll(2)
    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int Number;
        public short Wanted;
        public short Found;
    }
}
