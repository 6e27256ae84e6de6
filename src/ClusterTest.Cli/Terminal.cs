using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClusterTest.Cli;

/// <summary>
/// The two streams of a program: results on standard output, logs on standard error, and, where that is a terminal, a progress line at
/// its bottom that the other lines do not run into.
/// </summary>
public sealed class Terminal : IDisposable
{
    private const nint StandardOutput = 1;
    private const int BrokenPipe = 32; // EPIPE
    private const string EraseLine = "\r\u001b[K";

    // A line that wrapped could not be erased.
    private const string NoWrap = "\u001b[?7l";
    private const string Wrap = "\u001b[?7h";

    private readonly Lock _lock = new();
    private readonly TextWriter _results;
    private readonly TextWriter _logs;
    private bool _progressShown;

    /// <summary>Initializes the streams.</summary>
    /// <param name="results">Where results go.</param>
    /// <param name="logs">Where logs go.</param>
    /// <param name="showsProgress">Whether logs go to a terminal.</param>
    public Terminal(TextWriter results, TextWriter logs, bool showsProgress)
    {
        _results = results;
        _logs = logs;
        ShowsProgress = showsProgress;
    }

    /// <summary>Gets a value indicating whether a progress line is of use.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Gets a value indicating whether results cannot be written any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Gets why not; <see langword="null"/> when their reader has gone, as <c>head</c> does: that is no fault.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens the process's streams, in UTF-8.</summary>
    /// <returns>The streams.</returns>
    public static Terminal OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(OpenStandardOutput(), utf8) { NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), utf8) { NewLine = "\n" },
            !Console.IsErrorRedirected);
    }

    /// <summary>Writes one line of results.</summary>
    /// <returns>Whether somebody reads on.</returns>
    public bool WriteResult(string line)
    {
        lock (_lock)
        {
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
            _logs.Write(text);
            _logs.Flush();
        }
    }

    /// <summary>Draws the progress line anew.</summary>
    public void DrawProgress(string text)
    {
        lock (_lock)
        {
            _logs.Write($"{EraseLine}{NoWrap}{text}{Wrap}");
            _logs.Flush();
            _progressShown = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            EraseProgress();
            _logs.Dispose();
            try
            {
                _results.Dispose();
            }
            catch (IOException)
            {
                // The reader has gone before the last line.
            }
        }
    }

    // Console.OpenStandardOutput would hide that the reader of a pipe has gone, and messages would be acked that nobody saw. A file has no
    // reader, but may have other writers: FileStream would keep a position of its own there, and write over what they wrote.
    private static Stream OpenStandardOutput()
    {
#pragma warning disable CA2000 // The stream disposes of the handle, and its writer of the stream.
        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
#pragma warning restore CA2000
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    private void EraseProgress()
    {
        if (_progressShown)
        {
            _logs.Write(EraseLine);
            _logs.Flush();
            _progressShown = false;
        }
    }
}
