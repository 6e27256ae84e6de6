using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>An event as evidence.</summary>
/// <param name="Source">Tells its writer apart from all others.</param>
/// <param name="At">Its time, in UTC.</param>
/// <param name="Event">The event.</param>
internal readonly record struct Entry(string Source, DateTime At, ResultEvent Event)
{
    /// <summary>Gets its time as its writer read it from the clock of the wall; <see cref="At"/> differs once <see cref="Clocks"/> placed it.</summary>
    internal DateTime Wall { get; private init; }

    /// <summary>Gets when the message that was received had been due, on the axis of <see cref="At"/>; null if that is not known.</summary>
    internal DateTime? Due { get; init; }

    /// <summary>The event as its writer placed it.</summary>
    internal static Entry Of(string source, ResultEvent written)
    {
        var at = written.Timestamp.UtcDateTime;
        return new Entry(source, at, written) { Wall = at };
    }
}
