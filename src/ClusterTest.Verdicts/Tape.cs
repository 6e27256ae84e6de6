using System.Text;

namespace ClusterTest.Verdicts;

/// <summary>
/// The events of a file, to be read several times: of a message that was confirmed or received a few bytes, namely how it differs from the one before; of all
/// others, which are few, the whole line.
/// </summary>
internal sealed class Tape(Scratch scratch)
{
    private const int FirstChunk = 1 << 12;
    private const int LongestChunk = 1 << 18;

    // More than a message can take.
    private const int Reserve = 128;

    private readonly List<Scratch.Piece> _pieces = [];
    private readonly List<string> _sources = [];
    private byte[] _chunk = new byte[FirstChunk];
    private int _length;
    private MessageLine _last;
    private (string Source, int Number) _lastSource = ("", -1);

    /// <summary>Gets the texts that the messages name by numbers.</summary>
    internal TextTable Texts { get; } = new();

    /// <summary>Adds a message.</summary>
    internal void Add(string source, in MessageLine message)
    {
        Require(Reserve);
        var sourceNumber = NumberOf(source);
        var isSame = sourceNumber == _lastSource.Number && message.Run == _last.Run;
        var flags = Flags.Message
            | (message.IsReceived ? Flags.Received : 0)
            | (isSame ? Flags.Same : 0)
            | (message.Monotonic is null ? 0 : Flags.Monotonic)
            | ((message.Lag ?? message.Due) is null ? 0 : Flags.Due)
            | (message.Sequence is null ? 0 : Flags.Sequence)
            | (message.IsRedelivered ? Flags.Redelivered : 0)
            | (message.IsDamaged ? Flags.Damaged : 0);
        _chunk[_length++] = (byte)flags;
        if (!isSame)
        {
            Write(sourceNumber);
            Write(message.Run ?? -1);
            _lastSource = (source, sourceNumber);
        }

        Write(message.Wall - _last.Wall);
        WriteIfKnown(message.Monotonic, _last.Monotonic + (message.Wall - _last.Wall));
        WriteIfKnown(message.Sequence, _last.Sequence + 1);
        if (message.IsReceived)
        {
            Write(message.Session);
            Write(message.Made - _last.Made);
            WriteIfKnown(message.Due, message.Monotonic);
        }
        else
        {
            Write(message.Latency);
            WriteIfKnown(message.Lag, 0);
        }

        Remember(ref _last, message);
    }

    /// <summary>Adds the line of another event.</summary>
    internal void Add(string source, string line)
    {
        var length = Encoding.UTF8.GetByteCount(line);
        Require(Reserve + length);
        _chunk[_length++] = 0;
        Write(NumberOf(source));
        Write(length);
        _length += Encoding.UTF8.GetBytes(line, _chunk.AsSpan(_length));
    }

    /// <summary>Ends the tape: nothing is added any more.</summary>
    internal void Close()
    {
        Flush();
        _chunk = [];
    }

    /// <summary>Reads the events in their order.</summary>
    internal IEnumerable<Entry> Read()
    {
        var reader = new TapeReader(Texts, _sources);
        byte[] buffer = [];
        foreach (var piece in _pieces)
        {
            reader.Open(scratch.Read(piece, ref buffer), piece.Length);
            while (reader.HasMore)
            {
                yield return reader.Next();
            }
        }
    }

    /// <summary>Keeps what the next message is compared with. What is not known does not count.</summary>
    internal static void Remember(ref MessageLine last, in MessageLine message)
    {
        last.Wall = message.Wall;
        last.Monotonic = message.Monotonic ?? last.Monotonic;
        last.Sequence = message.Sequence ?? last.Sequence;
        last.Made = message.IsReceived ? message.Made : last.Made;
        last.Run = message.Run;
    }

    private int NumberOf(string source)
    {
        if (ReferenceEquals(source, _lastSource.Source))
        {
            return _lastSource.Number;
        }

        var number = _sources.IndexOf(source);
        if (number < 0)
        {
            number = _sources.Count;
            _sources.Add(source);
        }

        return number;
    }

    private void WriteIfKnown(long? value, long? expected)
    {
        if (value is { } known)
        {
            Write(known - (expected ?? 0));
        }
    }

    // Numbers near zero, of either sign, are short.
    private void Write(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7)
        {
            _chunk[_length++] = (byte)(rest | 0x80);
        }

        _chunk[_length++] = (byte)rest;
    }

    private void Require(int bytes)
    {
        if (_chunk.Length - _length >= bytes)
        {
            return;
        }

        if (_length + bytes > LongestChunk)
        {
            Flush();
        }

        if (_chunk.Length - _length < bytes)
        {
            Array.Resize(ref _chunk, Math.Max(Math.Min(2 * _chunk.Length, LongestChunk), _length + bytes));
        }
    }

    private void Flush()
    {
        if (_length > 0)
        {
            _pieces.Add(scratch.Keep(_chunk.AsSpan(0, _length)));
            _length = 0;
        }
    }

    /// <summary>What the first byte of a message tells; zero is another event.</summary>
    [Flags]
    internal enum Flags : byte
    {
        None = 0,
        Message = 1,
        Received = 1 << 1,
        Same = 1 << 2,
        Monotonic = 1 << 3,
        Due = 1 << 4,
        Sequence = 1 << 5,
        Redelivered = 1 << 6,
        Damaged = 1 << 7,
    }
}
