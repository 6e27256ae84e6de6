using System.Globalization;

namespace ClusterTest.Lab.Drills;

/// <summary>Where everything about a drill goes: a folder of its own, named after its beginning.</summary>
internal static class DrillFolder
{
    /// <summary>Makes it.</summary>
    /// <param name="parent">Where; made if it is missing.</param>
    /// <param name="kind">One of <see cref="DrillKind"/>.</param>
    /// <param name="started">When the drill began. Of several that begin in one second, the later ones have a number behind.</param>
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
