namespace ClusterTest.Verdicts;

/// <summary>Looks moments up by halves.</summary>
internal static class Moments
{
    /// <summary>How many of these times, which are in order, are before a moment, or at it if it is to be included.</summary>
    internal static int Count(DateTime[] times, DateTime moment, bool including)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle] < moment || (including && times[middle] == moment) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
