namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// Makes version 7 UUIDs (RFC 9562, 5.7 and 6.2): the time, which begins them, then a number that each process draws once, and a counter. To draw new random
/// bits for each id costs more than all else that is done for a message.
/// </summary>
internal static class MessageIds
{
    private const string Digits = "0123456789abcdef";

    // 40 random bits and 34 bits of counter fill the 74 bits that a version 7 UUID has beside the time.
    private const int CounterBits = 34;

    // The last 5 bytes of a random UUID, as random as those of RandomNumberGenerator, which loads OpenSSL first.
    private static readonly ulong Process = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray(), sizeof(ulong)) >> 24;
    private static long _counter;

    public static string Next()
    {
        var counter = (ulong)Interlocked.Increment(ref _counter);
        return Format((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Process, counter & ((1UL << CounterBits) - 1));
    }

    private static string Format(ulong milliseconds, ulong process, ulong counter)
    {
        // The version is before the first 12 of the 74 bits, the variant before the others.
        var high = (milliseconds << 16) | 0x7000 | (process >> 28);
        var low = (0b10UL << 62) | ((process & 0xfff_ffff) << CounterBits) | counter;
        return string.Create(36, (high, low), static (text, id) =>
        {
            var place = 0;
            for (var digit = 0; digit < 32; digit++)
            {
                if (digit is 8 or 12 or 16 or 20)
                {
                    text[place++] = '-';
                }

                text[place++] = Digits[(int)((digit < 16 ? id.high : id.low) >> (60 - (4 * (digit & 15)))) & 15];
            }
        });
    }
}
