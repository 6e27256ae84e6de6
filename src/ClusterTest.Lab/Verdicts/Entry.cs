using System.Globalization;
using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>An event as evidence.</summary>
/// <param name="Source">Tells its writer apart from all others.</param>
/// <param name="At">Its time, in UTC, by the clock of its writer.</param>
/// <param name="Event">The event.</param>
internal readonly record struct Entry(string Source, DateTime At, ResultEvent Event)
{
    /// <summary>Reads the time of an event.</summary>
    /// <returns>Whether it has one.</returns>
    internal static bool TryRead(string source, ResultEvent written, out Entry entry)
    {
        var isTimed = DateTimeOffset.TryParse(written.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
        entry = new Entry(source, at.UtcDateTime, written);
        return isTimed;
    }
}
