using System.Globalization;
using System.Text;

namespace ClusterTest.Events;

/// <summary>The run and the sequence number of a message, from its headers.</summary>
public readonly record struct MessageOrigin(string? Run, long? Sequence)
{
    // The run ids of our producer are UUIDs, which are shorter.
    private const int LongestRun = 64;

    /// <summary>Gets when the message was due, in microseconds of its producer's monotonic clock.</summary>
    public long? Due { get; init; }

    /// <summary>Reads the headers. A header of another type than expected counts as missing.</summary>
    public static MessageOrigin Of(IDictionary<string, object?>? headers)
    {
        if (headers is null)
        {
            return default;
        }

        var run = headers.TryGetValue(TestMessage.RunHeader, out var text) && text is byte[] { Length: <= LongestRun } utf8
            ? Encoding.UTF8.GetString(utf8)
            : null;
        return new MessageOrigin(run, NumberOf(headers, TestMessage.SequenceHeader)) { Due = NumberOf(headers, TestMessage.DueHeader) };
    }

    private static long? NumberOf(IDictionary<string, object?> headers, string name) =>
        headers.TryGetValue(name, out var number) && number is long or int or short or byte ? Convert.ToInt64(number, CultureInfo.InvariantCulture) : null;
}
