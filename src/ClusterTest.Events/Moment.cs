namespace ClusterTest.Events;

/// <summary>
/// A moment by two clocks: the wall clock, which somebody may change at any time, and the machine's monotonic clock, which runs evenly from the boot on.
/// </summary>
/// <param name="At">The moment by the wall clock.</param>
/// <param name="Microseconds">
/// The moment by the monotonic clock; null where processes with the same <see cref="MachineClock.Id"/> may have different zeros.
/// </param>
public readonly record struct Moment(DateTimeOffset At, long? Microseconds)
{
    /// <summary>Reads both clocks.</summary>
    public static Moment Now(TimeProvider time) => Of(time.GetUtcNow(), time.GetTimestamp(), time);

    /// <summary>Makes a moment of two readings that were taken together.</summary>
    /// <param name="at">The reading of the wall clock.</param>
    /// <param name="timestamp">The value of <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="time">The clocks.</param>
    public static Moment Of(DateTimeOffset at, long timestamp, TimeProvider time) =>
        new(at, MachineClock.IsOfOneBoot ? (long)time.GetElapsedTime(0, timestamp).TotalMicroseconds : null);

    /// <summary>Adds a time to the moment. A negative time gives an earlier moment.</summary>
    public Moment After(TimeSpan time) => new(At + time, Microseconds + (long)time.TotalMicroseconds);
}
