using System.Text;
using ClusterTest.Events;

namespace ClusterTest.Cli;

/// <summary>
/// The two streams of a program: results on standard output, logs on standard error, and, where that is a terminal, a progress line at
/// its bottom that the other lines do not run into.
/// </summary>
public sealed class Terminal : IDisposable
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int BrokenPipe = 32; // EPIPE
    private const string EraseLine = "\r\u001b[K";

    // A line that wrapped could not be erased.
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

    /// <summary>Gets a value indicating whether a progress line is of use.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Gets a value indicating whether results cannot be written any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Gets why not; <see langword="null"/> when their reader has gone, as <c>head</c> does: that is no fault.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens the process's streams, in UTF-8.</summary>
    /// <param name="end">Cancelled when the program is to end, as <see cref="End"/> tells.</param>
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

    /// <summary>The program ends, for whatever reason: a reader that takes nothing is waited for 2 s more.</summary>
    public void End() => _patience.End();

    /// <summary>Writes one line of results.</summary>
    /// <returns>Whether somebody reads on.</returns>
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

    /// <summary>Writes log text, which ends with a line's end.</summary>
    public void WriteLog(string text)
    {
        lock (_lock)
        {
            EraseProgress();
            Show(text);
        }
    }

    /// <summary>Draws the progress line anew.</summary>
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

    // Console.OpenStandardOutput would hide that the reader of a pipe has gone, and messages would be acked that nobody saw. A file has no
    // reader, but may have other writers: FileStream would keep a position of its own there, and write over what they wrote.
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
            // Nobody hears it.
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
