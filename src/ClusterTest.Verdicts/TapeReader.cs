using System.Text;
using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>Reads what a <see cref="Tape"/> holds, piece by piece.</summary>
internal sealed class TapeReader(TextTable texts, IReadOnlyList<string> sources)
{
    private byte[] _bytes = [];
    private int _length;
    private int _at;
    private MessageLine _last;
    private int _lastSource;

    internal bool HasMore => _at < _length;

    internal void Open(byte[] bytes, int length) => (_bytes, _length, _at) = (bytes, length, 0);

    internal Entry Next()
    {
        var flags = (Tape.Flags)_bytes[_at++];
        return flags is Tape.Flags.None ? NextEvent() : NextMessage(flags);
    }

    private Entry NextEvent()
    {
        var source = (int)Read();
        var length = (int)Read();
        var line = Encoding.UTF8.GetString(_bytes, _at, length);
        _at += length;
        return Entry.Of(sources[source], EventJson.Read(line));
    }

    private Entry NextMessage(Tape.Flags flags)
    {
        var message = new MessageLine { Run = _last.Run };
        if ((flags & Tape.Flags.Same) is 0)
        {
            _lastSource = (int)Read();
            message.Run = (int)Read() is >= 0 and var run ? run : null;
        }

        var since = Read();
        message.Wall = _last.Wall + since;
        message.Monotonic = Has(flags, Tape.Flags.Monotonic) ? Read() + ((_last.Monotonic + since) ?? 0) : null;
        message.Sequence = Has(flags, Tape.Flags.Sequence) ? Read() + ((_last.Sequence + 1) ?? 0) : null;
        ResultEvent written = Has(flags, Tape.Flags.Received) ? Received(flags, ref message) : Sent(flags, ref message);
        Tape.Remember(ref _last, message);
        return Entry.Of(sources[_lastSource], written);
    }

    private ReceivedEvent Received(Tape.Flags flags, ref MessageLine message)
    {
        message.IsReceived = true;
        message.Session = (int)Read();
        message.Made = _last.Made + Read();
        message.Due = Has(flags, Tape.Flags.Due) ? Read() + (message.Monotonic ?? 0) : null;
        return new ReceivedEvent(
            Id: null,
            message.Run is { } run ? texts[run] : null,
            message.Sequence,
            Content: "",
            message.Made / 1_000d,
            Has(flags, Tape.Flags.Redelivered),
            message.Session)
        {
            Timestamp = At(message.Wall),
            MonotonicMicroseconds = message.Monotonic,
            DueMicroseconds = message.Due,
            Damage = Has(flags, Tape.Flags.Damaged) ? "" : null,
        };
    }

    private SentEvent Sent(Tape.Flags flags, ref MessageLine message)
    {
        message.Latency = Read();
        message.Lag = Has(flags, Tape.Flags.Due) ? Read() : null;
        return new SentEvent(Id: "", texts[message.Run!.Value], message.Sequence!.Value, TimeSpan.FromMicroseconds(message.Latency), Attempts: 0)
        {
            Timestamp = At(message.Wall),
            MonotonicMicroseconds = message.Monotonic,
            Lag = message.Lag is { } lag ? TimeSpan.FromMicroseconds(lag) : null,
        };
    }

    private static bool Has(Tape.Flags flags, Tape.Flags flag) => (flags & flag) != 0;

    private static DateTimeOffset At(long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    private long Read()
    {
        var (value, shift) = (0UL, 0);
        byte next;
        do
        {
            next = _bytes[_at++];
            value |= (ulong)(next & 0x7f) << shift;
            shift += 7;
        }
        while (next >= 0x80);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
