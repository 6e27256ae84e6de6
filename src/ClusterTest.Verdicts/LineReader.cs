using System.Text;

namespace ClusterTest.Verdicts;

/// <summary>Reads lines, in UTF-8, that end as on any system. It makes no texts of them.</summary>
internal sealed class LineReader : IDisposable
{
    private const int FirstBuffer = 1 << 16;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _length;
    private bool _isAtEnd;
    private bool _isFirst = true;

    internal LineReader(Stream stream) => _stream = stream;

    /// <summary>Gets the number of the last line read, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>Gets a value indicating whether the last line read was the last of all, and has no end of its own.</summary>
    internal bool IsCutOff { get; private set; }

    /// <summary>Gives the first byte of the next line without reading the line, which may be endless; null at the end.</summary>
    internal byte? Peek() => _start < _length || Fill() ? _buffer[_start] : null;

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end. It is valid until the next call.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        for (var searched = 0; ;)
        {
            var end = _buffer.AsSpan(_start + searched, _length - _start - searched).IndexOfAny((byte)'\n', (byte)'\r');
            if (end >= 0)
            {
                return TakeLine(searched + end, out line);
            }

            searched = _length - _start;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, searched);
                _start = _length;
                IsCutOff = searched > 0;
                Number += searched > 0 ? 1 : 0;
                return searched > 0;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private bool TakeLine(int length, out ReadOnlySpan<byte> line)
    {
        // A line feed may follow, of which the line is not known to need it: it begins no other line.
        if (_buffer[_start + length] is (byte)'\r' && _start + length + 1 == _length)
        {
            _ = Fill();
        }

        line = _buffer.AsSpan(_start, length);
        var end = _start + length;
        var isLong = _buffer[end] is (byte)'\r' && end + 1 < _length && _buffer[end + 1] is (byte)'\n';
        IsCutOff = _buffer[end] is (byte)'\r' && !isLong && end + 1 == _length && _isAtEnd;
        _start = end + (isLong ? 2 : 1);
        Number++;
        return true;
    }

    // Reads more, behind what has not been taken yet.
    private bool Fill()
    {
        if (_isAtEnd)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _length - _start).CopyTo(_buffer);
            (_start, _length) = (0, _length - _start);
        }

        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _length);
        }

        var read = _stream.Read(_buffer, _length, _buffer.Length - _length);
        _length += read;
        _isAtEnd = read is 0;
        if (_isFirst)
        {
            _isFirst = false;
            SkipMark();
        }

        return read > 0 && (_start < _length || Fill());
    }

    // Some programs mark a file as UTF-8 in front.
    private void SkipMark() => _start += _buffer.AsSpan(0, _length).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
}
