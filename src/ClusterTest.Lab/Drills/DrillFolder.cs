using System.Globalization;

namespace ClusterTest.Lab.Drills;

/// <summary>The folder for all files of one drill, named after the time at which the drill began.</summary>
internal static class DrillFolder
{
    /// <summary>Makes the folder.</summary>
    /// <param name="parent">The folder to make it in; made if it is missing.</param>
    /// <param name="kind">One of <see cref="DrillKind"/>.</param>
    /// <param name="started">When the drill began. If several drills begin in one second, the names of the later folders end with a number.</param>
    /// <returns>The path of the folder.</returns>
    internal static string Make(string parent, string kind, DateTimeOffset started)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{started.UtcDateTime:yyyy-MM-dd'T'HH-mm-ss}Z-{kind}");
        var path = Path.Combine(parent, name);
        for (var number = 2; Path.Exists(path); number++)
        {
            path = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
        }

        return Directory.CreateDirectory(path).FullName;
    }
}
