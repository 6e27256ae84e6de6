using System.Text;
using ClusterTest.Events;

namespace ClusterTest.Cli;

/// <summary>
/// The two streams of a program: results on standard output, logs on standard error. If standard error is a terminal, it has a progress line at the
/// bottom, below all other lines.
/// </summary>
public sealed class Terminal : IDisposable
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int BrokenPipe = 32; // EPIPE
    private const string EraseLine = "\r\u001b[K";

    // A progress line that wrapped could not be erased.
    private const string NoWrap = "\u001b[?7l";
    private const string Wrap = "\u001b[?7h";

    private readonly Lock _lock = new();
    private readonly TextWriter _results;
    private readonly TextWriter _logs;
    private readonly WritePatience _patience;
    private bool _progressShown;

    /// <summary>Initializes the streams.</summary>
    /// <param name="results">Where results go.</param>
    /// <param name="logs">Where logs go.</param>
    /// <param name="showsProgress">Whether logs go to a terminal.</param>
    public Terminal(TextWriter results, TextWriter logs, bool showsProgress)
        : this(results, logs, showsProgress, new WritePatience())
    {
    }

    private Terminal(TextWriter results, TextWriter logs, bool showsProgress, WritePatience patience)
    {
        _results = results;
        _logs = logs;
        ShowsProgress = showsProgress;
        _patience = patience;
    }

    /// <summary>Gets a value indicating whether there is a progress line.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Gets a value indicating whether results cannot be written any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>
    /// Gets why results cannot be written; <see langword="null"/> when their reader has gone: that is no fault, <c>head</c> does it, too.
    /// </summary>
    public string? Failure { get; private set; }

    /// <summary>Opens the process's streams, in UTF-8.</summary>
    /// <param name="end">Cancelled when the program ends, with the effect of <see cref="End"/>.</param>
    /// <returns>The streams.</returns>
    public static Terminal OfProcess(CancellationToken end)
    {
        var patience = new WritePatience();
        _ = end.UnsafeRegister(static patience => ((WritePatience)patience!).End(), patience);
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(Open(StandardOutput, Console.OpenStandardOutput, patience), utf8) { NewLine = "\n" },
            new StreamWriter(Open(StandardError, Console.OpenStandardError, patience), utf8) { NewLine = "\n" },
            !Console.IsErrorRedirected,
            patience);
    }

    /// <summary>Takes note that the program ends, for whatever reason. From now on a write waits at most 2 s for a reader that takes nothing.</summary>
    public void End() => _patience.End();

    /// <summary>Writes one line of results.</summary>
    /// <returns>Whether the output still has a reader.</returns>
    public bool WriteResult(string line)
    {
        lock (_lock)
        {
            if (IsClosed)
            {
                return false;
            }

            EraseProgress();
            try
            {
                _results.WriteLine(line);
                _results.Flush();
            }
            catch (IOException exception)
            {
                IsClosed = true;
                Failure ??= exception.HResult == BrokenPipe ? null : Printable.Line(exception.Message);
            }

            return !IsClosed;
        }
    }

    /// <summary>Writes log text that ends with a line feed.</summary>
    public void WriteLog(string text)
    {
        lock (_lock)
        {
            EraseProgress();
            Show(text);
        }
    }

    /// <summary>Draws the progress line again.</summary>
    public void DrawProgress(string text)
    {
        lock (_lock)
        {
            Show($"{EraseLine}{NoWrap}{text}{Wrap}");
            _progressShown = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            EraseProgress();
            Close(_logs);
            Close(_results);
        }
    }

    // Console.OpenStandardOutput would hide that the reader of a pipe has gone, and the program would ack messages that nobody saw. A file has no reader,
    // but may have other writers: FileStream would keep its own position, and overwrite their output.
    private static Stream Open(int descriptor, Func<Stream> openFile, WritePatience patience)
    {
        var stream = new PatientStream(descriptor, patience);
        if (!stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        return openFile();
    }

    private void EraseProgress()
    {
        if (_progressShown)
        {
            Show(EraseLine);
            _progressShown = false;
        }
    }

    private void Show(string text)
    {
        try
        {
            _logs.Write(text);
            _logs.Flush();
        }
        catch (IOException)
        {
            // Nobody can read the text.
        }
    }

    private static void Close(TextWriter writer)
    {
        try
        {
            writer.Dispose();
        }
        catch (IOException)
        {
            // The reader has gone before the last line.
        }
    }
}
