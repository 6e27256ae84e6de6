using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Clusters;

/// <summary>The end of a log file, as part of a message.</summary>
internal static partial class LogTail
{
    private const int Lines = 15;

    internal static string Of(string file)
    {
        var lines = File.Exists(file)
            ? File.ReadLines(file).Where(static line => !string.IsNullOrWhiteSpace(line)).TakeLast(Lines).ToArray()
            : [];
        return lines.Length is 0
            ? $"It logged nothing ({file})."
            : $"The last lines of {file}:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(static line => "  " + EscapeSequence().Replace(line, "")))}";
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex EscapeSequence();
}
