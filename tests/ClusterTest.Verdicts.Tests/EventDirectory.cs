using ClusterTest.Events;

namespace ClusterTest.Verdicts.Tests;

/// <summary>A directory of event files that is gone at the end of the test.</summary>
internal sealed class EventDirectory : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("cluster-test-verdict-").FullName;

    /// <summary>Writes a file as a program does: a line each, without sources.</summary>
    internal string Write(string name, params IEnumerable<ResultEvent> events) =>
        WriteText(name, string.Concat(events.Select(static written => $"{Line(written with { Source = null })}\n")));

    /// <summary>Writes a file as a program does that lives to the end: with its summary.</summary>
    internal string WriteWhole(string name, params IEnumerable<ResultEvent> events) => Write(name, Evidence.Complete(events));

    internal string WriteText(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    internal static string Line(ResultEvent written) => EventJson.Write(written);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
