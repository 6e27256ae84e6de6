using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>The folders of the library need each other in one direction.</summary>
public sealed partial class ArrowTests
{
    private const string Root = "ClusterTest.Reconnect.Internal";

    // Each may use those before it.
    private static readonly string[] Folders = ["Failures", "Tls", "Connections", "Sessions", "Producing", "Consuming"];

    [Fact]
    public void A_folder_uses_only_those_before_it()
    {
        var library = Path.Combine(RepositoryFolder(), "src", "ClusterTest.Reconnect", "Internal");
        Assert.Equal(Folders.Order(StringComparer.Ordinal), Directory.GetDirectories(library).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        Assert.Empty(
            from folder in Folders
            from file in Directory.GetFiles(Path.Combine(library, folder), "*.cs")
            from Match used in Using().Matches(File.ReadAllText(file))
            where Array.IndexOf(Folders, used.Groups["folder"].Value) >= Array.IndexOf(Folders, folder)
            select $"{folder}/{Path.GetFileName(file)} uses {used.Groups["folder"].Value}");
    }

    [Fact]
    public void A_file_is_where_its_namespace_says() => Assert.Empty(
        from type in typeof(ClusterConsumer).Assembly.GetTypes()
        where type.Namespace is { } name && name.StartsWith($"{Root}.", StringComparison.Ordinal)
        where !type.IsNested && !type.Name.Contains('<', StringComparison.Ordinal)
        where !Folders.Contains(type.Namespace![(Root.Length + 1)..])
        select type.FullName);

    private static string RepositoryFolder()
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(directory.FullName, "ClusterTest.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The repository of the tests is gone.");
        }

        return directory.FullName;
    }

    [GeneratedRegex(@"^using ClusterTest\.Reconnect\.Internal\.(?<folder>\w+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
