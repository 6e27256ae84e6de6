using System.Text.RegularExpressions;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>The lab's folders need each other in one direction.</summary>
public sealed partial class ArrowTests
{
    // Each folder may use the folders before it. Every folder may use the files beside the folders.
    private static readonly string[] Order = ["Machine", "Brokers", "Topologies", "Files", "Engines", "Labs", "Faults", "Drills", "Views", "Commands"];

    private static string Source => Path.Combine(RepositoryRoot.Find(), "src", "ClusterTest.Lab");

    public static TheoryData<string> Folders => [.. Order];

    [Theory, MemberData(nameof(Folders))]
    public void A_folder_uses_only_those_before_it(string folder) =>
        Assert.Equal([], UsedBy(folder).Except(Order[..(Array.IndexOf(Order, folder) + 1)]).Intersect(Order));

    [Theory, MemberData(nameof(Folders))]
    public void Namespaces_follow_folders(string folder) => Assert.All(FilesIn(folder), static file =>
    {
        var path = Path.GetDirectoryName(Path.GetRelativePath(Source, file))!.Replace('/', '.');
        Assert.Contains($"\nnamespace ClusterTest.Lab.{path};\n", "\n" + File.ReadAllText(file), StringComparison.Ordinal);
    });

    [Fact]
    public void Every_folder_has_its_place_in_the_order() => Assert.Equal(
        [], Directory.EnumerateDirectories(Source).Select(static folder => Path.GetFileName(folder)).Except([.. Order, "bin", "obj"]));

    private static IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories);

    // Code may also name a type with the last part of its namespace before it.
    private static IEnumerable<string> UsedBy(string folder) =>
        FilesIn(folder).SelectMany(static file => Use().Matches(File.ReadAllText(file)).Select(static use => use.Groups["folder"].Value)).Distinct();

    [GeneratedRegex(
        @"(^using ClusterTest\.Lab|[^.\w]Lab)\.(?<folder>[A-Z]\w*)"
        + @"|[^.\w""](?<folder>Machine|Brokers|Topologies|Files|Engines|Labs|Drills|Views|Commands)\.[A-Z]",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Use();
}
