using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>The library is used without the programs, too.</summary>
public sealed partial class LibraryTextTests
{
    [Fact]
    public void No_text_of_the_library_names_a_flag_of_a_program()
    {
        var sources = Directory.GetFiles(LibraryFolder(), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(sources);
        Assert.Empty(
            from source in sources
            from line in File.ReadLines(source)
            where Flag().IsMatch(line)
            select $"{Path.GetFileName(source)}: {line.Trim()}");
    }

    private static string LibraryFolder([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "src", "ClusterTest.Reconnect");

    [GeneratedRegex(@"(?<![\w-])--[a-z]")]
    private static partial Regex Flag();
}
