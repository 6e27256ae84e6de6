namespace ClusterTest.Events;

/// <summary>A moment by two clocks: that of the wall, which may be set at any time, and the machine's monotonic one, which goes on evenly from its boot.</summary>
/// <param name="At">By the clock of the wall.</param>
/// <param name="Microseconds">By the monotonic clock; null where its zero is not that of all processes with the same <see cref="MachineClock.Id"/>.</param>
public readonly record struct Moment(DateTimeOffset At, long? Microseconds)
{
    /// <summary>Reads both clocks.</summary>
    public static Moment Now(TimeProvider time) => Of(time.GetUtcNow(), time.GetTimestamp(), time);

    /// <summary>Gives the moment at which both clocks were read.</summary>
    /// <param name="at">What the clock of the wall showed.</param>
    /// <param name="timestamp">What <see cref="TimeProvider.GetTimestamp"/> gave.</param>
    /// <param name="time">The clocks.</param>
    public static Moment Of(DateTimeOffset at, long timestamp, TimeProvider time) =>
        new(at, MachineClock.IsOfOneBoot ? (long)time.GetElapsedTime(0, timestamp).TotalMicroseconds : null);

    /// <summary>Gives the moment that is so much later; earlier, if the time is negative.</summary>
    public Moment After(TimeSpan time) => new(At + time, Microseconds + (long)time.TotalMicroseconds);
}
