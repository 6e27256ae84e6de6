namespace ClusterTest.Verdicts;

/// <summary>From one moment to another, in UTC.</summary>
internal readonly record struct Interval(DateTime From, DateTime To)
{
    internal TimeSpan Length => To - From;

    /// <summary>The time of so many milliseconds that ended at a moment; what no clock can have counted is cut off.</summary>
    internal static Interval Before(DateTime end, double milliseconds)
    {
        var longest = end - DateTime.MinValue;
        return new Interval(end - (milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(milliseconds, 0)) : longest), end);
    }
}
