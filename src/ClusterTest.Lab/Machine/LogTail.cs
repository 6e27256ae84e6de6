using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Machine;

/// <summary>Quotes the end of a log file in a message.</summary>
internal static partial class LogTail
{
    private const int Lines = 15;

    // A node that cannot start logs the cause, then this line, then the error, and then dozens of lines of crash reports.
    private const string BootFailed = "BOOT FAILED";
    private const int LinesAfterBootFailed = 2;

    internal static string Of(string file)
    {
        var lines = File.Exists(file) ? Select(File.ReadLines(file)) : [];
        return lines.Count is 0
            ? $"Its log is empty or missing ({file})."
            : $"The last lines of {file}:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(static line => $"  {line}"))}";
    }

    /// <summary>The last lines; if a start failed, the last lines that say why.</summary>
    internal static IReadOnlyList<string> Select(IEnumerable<string> log)
    {
        var lines = log.Where(static line => !string.IsNullOrWhiteSpace(line)).Select(static line => EscapeSequence().Replace(line, "")).ToList();
        var failed = lines.IndexOf(BootFailed);
        return [.. (failed < 0 ? lines : lines.Take(failed + 1 + LinesAfterBootFailed)).TakeLast(Lines)];
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex EscapeSequence();
}
