using System.Globalization;
using System.Text;

namespace ClusterTest.Lab.Machine;

/// <summary>Reads <c>/proc</c>, and other places where a file may vanish while it is read, or may belong to another user.</summary>
internal static class ProcFile
{
    internal static IEnumerable<int> ProcessIds() =>
        Directory.EnumerateDirectories("/proc")
            .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(static id => id > 0);

    /// <summary>The file's bytes; none if it cannot be read.</summary>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The file's lines; none if it cannot be read.</summary>
    internal static string[] ReadLines(string path) =>
        Encoding.UTF8.GetString(ReadBytes(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many entries a directory has; 0 if it is gone.</summary>
    internal static int CountEntries(string directory)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(directory).Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The name and state of a process in its <c>stat</c> file, <c>123 (name) S …</c>. The name itself may contain spaces and parentheses.</summary>
    internal static (string Name, char State)? StateIn(ReadOnlySpan<byte> stat)
    {
        var text = Encoding.UTF8.GetString(stat);
        var (open, close) = (text.IndexOf('(', StringComparison.Ordinal), text.LastIndexOf(')'));
        return open >= 0 && close + 2 < text.Length ? (text[(open + 1)..close], text[close + 2]) : null;
    }
}
