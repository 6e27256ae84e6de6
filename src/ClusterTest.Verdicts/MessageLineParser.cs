using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ClusterTest.Verdicts;

/// <summary>
/// Reads the lines that make up nearly all of the evidence, of messages that were confirmed or received, as the programs write them, in any order of their
/// properties. It makes no objects. It refuses what is unusual in any way, although it may be an event: the general reader then decides.
/// </summary>
internal ref struct MessageLineParser(ReadOnlySpan<byte> line, TextTable texts)
{
    private const int MostDigits = 18;
    private const int MostDigitsOfInt32 = 9;
    private const int MostDigitsOfTime = 12;
    private const int MostDecimals = 3;
    private const int LongestText = 256;

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Except(['"', '\\']).Select(static character => (byte)character)]);

    // The table of days: most lines are of the day of the line before.
    [ThreadStatic]
    private static (long Digits, long Microseconds) _day;

    private readonly ReadOnlySpan<byte> _line = line;
    private int _at;

    internal bool TryRead(out MessageLine message)
    {
        message = default;
        return TryReadKind(ref message) && TryReadProperties(ref message);
    }

    private bool TryReadKind(ref MessageLine message)
    {
        if (_line.StartsWith("{\"event\":\"sent\""u8))
        {
            _at = 15;
            return true;
        }

        message.IsReceived = true;
        _at = 19;
        return _line.StartsWith("{\"event\":\"received\""u8);
    }

    private bool TryReadProperties(ref MessageLine message)
    {
        var hasTime = false;
        while (_at < _line.Length && _line[_at] is (byte)',')
        {
            _at++;
            if (!TryReadText(out var name) || !Skip((byte)':') || !TryReadProperty(name, ref message, ref hasTime))
            {
                return false;
            }
        }

        return hasTime && Skip((byte)'}') && _at == _line.Length && (message.IsReceived || message is { Run: not null, Sequence: > 0 });
    }

    private bool TryReadProperty(ReadOnlySpan<byte> name, ref MessageLine message, ref bool hasTime) => name switch
    {
        [(byte)'t', (byte)'s'] => hasTime = TryReadWall(out message.Wall),
        _ when name.SequenceEqual("mono_us"u8) => TryRead(out message.Monotonic),
        _ when name.SequenceEqual("source"u8) => TryReadNumbered(out message.Source),
        _ when name.SequenceEqual("id"u8) => TrySkipText(),
        _ when name.SequenceEqual("run"u8) => IsNull(message.IsReceived, out message.Run) || TryReadNumbered(out message.Run),
        _ when name.SequenceEqual("seq"u8) => IsNull(message.IsReceived, out message.Sequence) || TryRead(out message.Sequence),
        _ => message.IsReceived ? TryReadOfReceived(name, ref message) : TryReadOfSent(name, ref message),
    };

    private bool TryReadOfSent(ReadOnlySpan<byte> name, ref MessageLine message)
    {
        if (name.SequenceEqual("latency_ms"u8))
        {
            return TryReadThousandths(out message.Latency);
        }

        if (name.SequenceEqual("attempts"u8))
        {
            return TryReadInt32(out _);
        }

        var isLag = name.SequenceEqual("lag_ms"u8) & TryReadThousandths(out var lag);
        message.Lag = lag;
        return isLag;
    }

    private bool TryReadOfReceived(ReadOnlySpan<byte> name, ref MessageLine message) =>
        name.SequenceEqual("content"u8) ? TrySkipText()
        : name.SequenceEqual("time"u8) ? TryReadThousandths(out message.Made)
        : name.SequenceEqual("redelivered"u8) ? TryReadBoolean(out message.IsRedelivered)
        : name.SequenceEqual("session"u8) ? TryReadInt32(out message.Session)
        : name.SequenceEqual("due_us"u8) ? TryRead(out message.Due)
        : name.SequenceEqual("damage"u8) && (message.IsDamaged = TrySkipText());

    private bool Skip(byte character)
    {
        if (_at < _line.Length && _line[_at] == character)
        {
            _at++;
            return true;
        }

        return false;
    }

    private bool Skip(ReadOnlySpan<byte> word)
    {
        if (_line[_at..].StartsWith(word))
        {
            _at += word.Length;
            return true;
        }

        return false;
    }

    private bool IsNull<T>(bool mayBe, out T? value)
    {
        value = default;
        return mayBe && Skip("null"u8);
    }

    // A text without escapes.
    private bool TryReadText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Skip((byte)'"'))
        {
            return false;
        }

        var length = _line[_at..].IndexOfAnyExcept(Plain);
        if (length < 0)
        {
            return false;
        }

        text = _line.Slice(_at, length);
        _at += length;
        return Skip((byte)'"');
    }

    // Any text of which it is certain that it is one.
    private bool TrySkipText()
    {
        if (!Skip((byte)'"'))
        {
            return false;
        }

        while (_line[_at..].IndexOfAnyExcept(Plain) is >= 0 and var length)
        {
            _at += length;
            if (_line[_at] is (byte)'"')
            {
                _at++;
                return true;
            }

            if (!TrySkipEscape())
            {
                return false;
            }
        }

        return false;
    }

    // Half of a pair of escapes is no text, so that the general reader looks at pairs.
    private bool TrySkipEscape()
    {
        if (!Skip((byte)'\\') || _at == _line.Length)
        {
            return false;
        }

        if (_line[_at++] is not (byte)'u')
        {
            return "\"\\/bfnrt"u8.Contains(_line[_at - 1]);
        }

        const int digits = 4;
        var isCharacter = _line.Length - _at >= digits
            && Utf8Parser.TryParse(_line.Slice(_at, digits), out ushort character, out var read, 'x')
            && read is digits
            && !char.IsSurrogate((char)character);
        _at += isCharacter ? digits : 0;
        return isCharacter;
    }

    private bool TryReadNumbered(out int? number)
    {
        number = TryReadText(out var text) && text.Length <= LongestText ? texts.Find(text) : null;
        return number is not null;
    }

    private bool TryReadBoolean(out bool value)
    {
        value = Skip("true"u8);
        return value || Skip("false"u8);
    }

    private bool TryReadInt32(out int value)
    {
        var isRead = TryReadInteger(MostDigitsOfInt32, out var read);
        value = (int)read;
        return isRead;
    }

    private bool TryRead(out long? value)
    {
        var isRead = TryReadInteger(MostDigits, out var read);
        value = read;
        return isRead;
    }

    private bool TryReadInteger(int mostDigits, out long value)
    {
        var isNegative = Skip((byte)'-');
        var isRead = TryReadDigits(mostDigits, out value, out var digits);
        var hasLeadingZero = isRead && digits > 1 && _line[_at - digits] is (byte)'0';
        value = isNegative ? -value : value;
        return isRead && !hasLeadingZero;
    }

    // Such a number times a thousand, as a floating-point number and rounded, is the integer that its digits make.
    private bool TryReadThousandths(out long value)
    {
        value = 0;
        var isNegative = _at < _line.Length && _line[_at] is (byte)'-';
        if (!TryReadInteger(MostDigitsOfTime, out var whole))
        {
            return false;
        }

        var (thousandths, decimals) = (0L, 0);
        if (Skip((byte)'.') && !TryReadDigits(MostDecimals, out thousandths, out decimals))
        {
            return false;
        }

        for (; decimals < MostDecimals; decimals++)
        {
            thousandths *= 10;
        }

        value = (whole * 1_000) + (isNegative ? -thousandths : thousandths);
        return true;
    }

    // The digit behind the last may be one more, or begin an exponent: then the number does not end here, and neither its property.
    private bool TryReadDigits(int most, out long value, out int digits)
    {
        (value, digits) = (0, 0);
        for (; digits <= most && _at < _line.Length && _line[_at] is >= (byte)'0' and <= (byte)'9' and var digit; _at++, digits++)
        {
            value = (value * 10) + digit - '0';
        }

        return digits > 0 && digits <= most;
    }

    // As in 2026-01-02T03:04:05.678901Z.
    private bool TryReadWall(out long microseconds)
    {
        microseconds = 0;
        if (!TryReadText(out var text)
            || text is not [_, _, _, _, (byte)'-', _, _, (byte)'-', _, _, (byte)'T', _, _, (byte)':', _, _, (byte)':', _, _, (byte)'.', .., (byte)'Z']
            || text.Length is not 27
            || !TryReadDay(text[..10], out var day)
            || !TryRead(text.Slice(11, 2), 23, out var hour)
            || !TryRead(text.Slice(14, 2), 59, out var minute)
            || !TryRead(text.Slice(17, 2), 59, out var second)
            || !TryRead(text.Slice(20, 6), 999_999, out var fraction))
        {
            return false;
        }

        microseconds = day + (((((hour * 60) + minute) * 60) + second) * 1_000_000) + fraction;
        return true;
    }

    private static bool TryReadDay(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (!TryRead(text[..4], 9_999, out var year) || !TryRead(text.Slice(5, 2), 12, out var month) || !TryRead(text.Slice(8, 2), 31, out var day))
        {
            return false;
        }

        var digits = (year * 10_000) + (month * 100) + day;
        if (digits != _day.Digits || digits is 0)
        {
            if (!DateOnly.TryParseExact(Encoding.ASCII.GetString(text), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return false;
            }

            _day = (digits, date.DayNumber * (TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond));
        }

        microseconds = _day.Microseconds;
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> digits, int most, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return value <= most;
    }
}
