using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Writes the evidence of a run, one event a line, each with its source, and shows each to whoever follows the run.</summary>
/// <remarks>Whatever becomes of this program, the file lacks at most what came in the last second, and nothing of the lab's own.</remarks>
internal sealed class Recorder : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Action<ResultEvent> _watch;
    private readonly StreamWriter _writer;
    private readonly ITimer _flush;
    private bool _isClosed;

    /// <summary>Begins a new file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="watch">Is shown each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">There is a file of that name, or there cannot be one.</exception>
    internal Recorder(string file, Action<ResultEvent> watch, TimeProvider time)
    {
        (File, _watch) = (file, watch);
        _writer = new StreamWriter(new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        _flush = time.CreateTimer(_ => Flush(), state: null, FlushInterval, FlushInterval);
    }

    /// <summary>Where the evidence is.</summary>
    internal string File { get; }

    /// <summary>Enters an event. Several sources may do so at the same time.</summary>
    internal void Write(string source, ResultEvent written)
    {
        var entered = written with { Source = source };
        lock (_lock)
        {
            _writer.WriteLine(EventJson.Write(entered));
            if (source is EventWriter.Lab)
            {
                _writer.Flush();
            }

            _watch(entered);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _flush.Dispose();
        lock (_lock)
        {
            _isClosed = true;
            _writer.Dispose();
        }
    }

    private void Flush()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            try
            {
                _writer.Flush();
            }
            catch (IOException)
            {
                // The disk is full: whoever writes the next event is told.
            }
        }
    }
}
