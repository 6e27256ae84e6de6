namespace NullAmqp;

/// <summary>Which delivery tags are not settled yet: one bit each, in a ring that holds the largest prefetch twice.</summary>
internal sealed class UnackedWindow
{
    private const int Size = 1 << 17;

    private readonly ulong[] _bits = new ulong[Size / 64];
    private ulong _lowest = 1;

    /// <summary>Gets the last tag that was given out.</summary>
    public ulong Last { get; private set; }

    public int Count { get; private set; }

    // A tag that stays open for long would be met by the ring's next round.
    public bool HasRoom => Last + 1 - _lowest < Size;

    public ulong Add()
    {
        var tag = ++Last;
        Word(tag) |= Bit(tag);
        Count++;
        return tag;
    }

    /// <summary>Settles a tag, or all up to it.</summary>
    /// <returns>How many were open.</returns>
    public int Settle(ulong tag, bool multiple)
    {
        var before = Count;
        tag = tag == 0 && multiple ? Last : Math.Min(tag, Last);
        for (var next = multiple ? _lowest : Math.Max(tag, _lowest); next <= tag; next++)
        {
            Count -= (Word(next) & Bit(next)) != 0 ? 1 : 0;
            Word(next) &= ~Bit(next);
        }

        while (_lowest <= Last && (Word(_lowest) & Bit(_lowest)) == 0)
        {
            _lowest++;
        }

        return before - Count;
    }

    private static ulong Bit(ulong tag) => 1ul << (int)(tag % 64);

    private ref ulong Word(ulong tag) => ref _bits[tag % Size / 64];
}
