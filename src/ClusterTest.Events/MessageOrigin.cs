using System.Globalization;
using System.Text;

namespace ClusterTest.Events;

/// <summary>What a delivery's headers say about the run that it belongs to.</summary>
public readonly record struct MessageOrigin(string? Run, long? Sequence)
{
    // A run id of ours is a UUID.
    private const int LongestRun = 64;

    /// <summary>Gets when it was due, in microseconds of its producer's monotonic clock.</summary>
    public long? Due { get; init; }

    /// <summary>Reads the headers; what is not of the expected type counts as absent.</summary>
    public static MessageOrigin Of(IDictionary<string, object?>? headers)
    {
        if (headers is null)
        {
            return default;
        }

        var run = headers.TryGetValue(TestMessage.RunHeader, out var text) && text is byte[] { Length: <= LongestRun } utf8 ? Encoding.UTF8.GetString(utf8) : null;
        return new MessageOrigin(run, NumberOf(headers, TestMessage.SequenceHeader)) { Due = NumberOf(headers, TestMessage.DueHeader) };
    }

    private static long? NumberOf(IDictionary<string, object?> headers, string name) =>
        headers.TryGetValue(name, out var number) && number is long or int or short or byte ? Convert.ToInt64(number, CultureInfo.InvariantCulture) : null;
}
