using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>An event as evidence.</summary>
/// <param name="Source">Tells its writer apart from all others.</param>
/// <param name="At">Its time, in UTC.</param>
/// <param name="Event">The event.</param>
internal readonly record struct Entry(string Source, DateTime At, ResultEvent Event)
{
    /// <summary>Gets the time that the wall's clock showed to the writer. <see cref="At"/> differs once <see cref="Clocks"/> has placed the event.</summary>
    internal DateTime Wall { get; private init; }

    /// <summary>Gets when the received message had been due, on the axis of <see cref="At"/>; null if that is not known.</summary>
    internal DateTime? Due { get; init; }

    /// <summary>The event as its writer placed it.</summary>
    internal static Entry Of(string source, ResultEvent written)
    {
        var at = written.Timestamp.UtcDateTime;
        return new Entry(source, at, written) { Wall = at };
    }
}
