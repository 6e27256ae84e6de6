using System.Text.Json;
using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Writes the evidence of a run, one event a line, each with its source, and shows each to whoever follows the run.</summary>
internal sealed class Recorder(string file, Action<ResultEvent> watch) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer = new(file);

    /// <summary>Where the evidence is.</summary>
    internal string File => file;

    /// <summary>Enters an event. Several sources may do so at the same time.</summary>
    internal void Write(string source, ResultEvent written)
    {
        var entered = written with { Source = source };
        lock (_lock)
        {
            _writer.WriteLine(JsonSerializer.Serialize(entered, EventJson.Default.ResultEvent));
            watch(entered);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _writer.Dispose();
        }
    }
}
