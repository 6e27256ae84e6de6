using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>From one moment to another, in UTC.</summary>
internal readonly record struct Interval(DateTime From, DateTime To)
{
    internal TimeSpan Length => To - From;

    /// <summary>The interval of this length that ended at a moment. It begins no earlier than a clock can have counted, and is not negative.</summary>
    internal static Interval Before(DateTime end, TimeSpan length)
    {
        var longest = end - DateTime.MinValue;
        return new Interval(end - (length > longest ? longest : length < TimeSpan.Zero ? TimeSpan.Zero : length), end);
    }

    /// <summary>From when a message was due to its confirm.</summary>
    internal static Interval SinceDue(DateTime confirmed, SentEvent sent) =>
        Before(Before(confirmed, sent.Latency).From, sent.Lag ?? TimeSpan.Zero) with { To = confirmed };
}
