using System.IO.Compression;
using System.Text;

namespace ClusterTest.Verdicts;

/// <summary>The text of an event file in UTF-8, whether the file is compressed or not. Compressed text that was cut off ends where it was cut.</summary>
internal sealed class EvidenceStream : Stream
{
    private readonly Source _source;
    private readonly Stream _text;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="NotSupportedException">It is no file but a pipe, say, which cannot be read again.</exception>
    internal EvidenceStream(string path)
    {
        _source = new Source(path);
        Span<byte> first = stackalloc byte[2];
        var read = _source.Peek(first);
        _text = read < first.Length ? _source : (first[0], first[1]) switch
        {
            (0x1f, 0x8b) => new GZipStream(_source, CompressionMode.Decompress),
            (0xff, 0xfe) => Encoding.CreateTranscodingStream(_source, Encoding.Unicode, Encoding.UTF8),
            (0xfe, 0xff) => Encoding.CreateTranscodingStream(_source, Encoding.BigEndianUnicode, Encoding.UTF8),
            _ => _source,
        };
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _text.Read(buffer);
        }
        catch (InvalidDataException) when (_source.IsAtEnd)
        {
            return 0;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The bytes of the file. It knows when somebody wanted more than there are.</summary>
    private sealed class Source(string path) : Stream
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

        internal bool IsAtEnd { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => _file.Length;

        public override long Position
        {
            get => _file.Position;
            set => throw new NotSupportedException();
        }

        /// <summary>Reads the first bytes, which are read once more later.</summary>
        internal int Peek(Span<byte> first)
        {
            var read = _file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            _file.Position = 0;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = _file.Read(buffer);
            IsAtEnd = read is 0;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
