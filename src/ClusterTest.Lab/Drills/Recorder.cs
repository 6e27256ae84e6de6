using System.IO.Compression;
using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>
/// Writes the evidence of a run to a compressed file, one event a line, each with the program that it comes from, and passes each event on.
/// </summary>
/// <remarks>
/// However this program ends, the file lacks at most the programs' events of the last second. It never lacks an event of the lab. What is written when it is
/// flushed can be uncompressed without what follows.
/// </remarks>
internal sealed class Recorder : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Action<ResultEvent> _watch;
    private readonly StreamWriter _writer;
    private readonly ITimer _flush;
    private bool _isClosed;

    /// <summary>Begins a new file.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="watch">Called with each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file exists already, or cannot be made.</exception>
    internal Recorder(string file, Action<ResultEvent> watch, TimeProvider time)
    {
        (File, _watch) = (file, watch);
        _writer = new StreamWriter(
            new GZipStream(new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read), CompressionLevel.Optimal));
        _flush = time.CreateTimer(_ => Flush(), state: null, FlushInterval, FlushInterval);
    }

    /// <summary>The path of the file.</summary>
    internal string File { get; }

    /// <summary>Writes an event. May be called by several threads at the same time.</summary>
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
                // The disk is full: the next call of Write throws.
            }
        }
    }
}
