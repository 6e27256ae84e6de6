using System.Diagnostics;
using System.Text.Json.Serialization;

namespace BenchClient.Freezing;

/// <summary>How many messages were confirmed in all, moment by moment.</summary>
/// <param name="At">The moments, as timestamps of the monotonic clock, which all processes of a machine share.</param>
/// <param name="Confirmed">The messages confirmed until then.</param>
internal sealed record ConfirmSeries(
    [property: JsonPropertyName("at")] IReadOnlyList<long> At,
    [property: JsonPropertyName("confirmed")] IReadOnlyList<long> Confirmed)
{
    /// <summary>Gives the confirms a second of every window that begins in a time, one for each moment: overlapping ones, so that none is left out.</summary>
    /// <param name="from">From when on windows begin.</param>
    /// <param name="until">From when on none begins any more.</param>
    /// <param name="length">How long each is at least. It ends at the first moment after that, and its rate counts its real length.</param>
    public IEnumerable<double> Windows(long from, long until, TimeSpan length)
    {
        var ticks = (long)(length.TotalSeconds * Stopwatch.Frequency);
        for (int first = 0, last = 0; first < At.Count && At[first] < until; first++)
        {
            if (At[first] < from)
            {
                continue;
            }

            while (last < At.Count && At[last] - At[first] < ticks)
            {
                last++;
            }

            if (last == At.Count)
            {
                yield break;
            }

            yield return (Confirmed[last] - Confirmed[first]) / Stopwatch.GetElapsedTime(At[first], At[last]).TotalSeconds;
        }
    }
}
