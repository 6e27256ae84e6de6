using System.Globalization;

namespace ClusterTest.Lab.Clusters;

/// <summary>Reads <c>/proc</c>, where a file may vanish while it is read or belong to somebody else.</summary>
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
        System.Text.Encoding.UTF8.GetString(ReadBytes(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
