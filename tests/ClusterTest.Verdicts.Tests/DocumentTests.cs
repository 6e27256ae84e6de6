using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterTest.Lab;
using Xunit;

namespace ClusterTest.Verdicts.Tests;

/// <summary>The documents hold together.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Root = RepositoryRoot.Find();

    public static TheoryData<string> Documents =>
    [
        .. Directory.GetFiles(Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(static path => Path.GetRelativePath(Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_within_the_repository_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;

        Assert.Empty(
            from Match link in Link().Matches(File.ReadAllText(Path.Combine(Root, document)))
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal)
            let parts = target.Split('#')
            let path = parts[0].Length is 0 ? Path.Combine(Root, document) : Path.Combine(folder, parts[0])
            where !Path.Exists(path) || (parts.Length is 2 && !HasHeading(path, parts[1]))
            select target);
    }

    [Fact]
    public void Both_languages_name_the_same_commands() => Assert.Equal(CommandsOf("README.md"), CommandsOf("README.zh-CN.md"));

    [Fact]
    public void Both_languages_show_the_same_code() => Assert.Equal(FencedIn("README.md"), FencedIn("README.zh-CN.md"));

    [Fact]
    public void The_workflow_runs_what_decides_whether_a_change_lands() =>
        Assert.Contains("        run: .ci/run\n", File.ReadAllText(Path.Combine(Root, ".github", "workflows", "ci.yml")), StringComparison.Ordinal);

    [Fact]
    public void The_container_for_development_is_made_by_what_provisions_any_machine()
    {
        using var container = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, ".devcontainer", "devcontainer.json")));

        Assert.StartsWith("eng/provision ", container.RootElement.GetProperty("postCreateCommand").GetString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Root, "eng", "provision")));
    }

    private static bool HasHeading(string path, string anchor) =>
        Heading().Matches(File.ReadAllText(path)).Any(heading => AnchorOf(heading.Groups["text"].Value) == anchor);

    // As the usual viewers make it of a heading.
    private static string AnchorOf(string heading) => NotOfAnAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string[] CommandsOf(string document) =>
        [.. Command().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(static line => line.Groups["command"].Value.TrimEnd())];

    private static string[] FencedIn(string document) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(static fence => fence.Value)];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotOfAnAnchor();

    // An indented line; what is said of it after # may be in any language.
    [GeneratedRegex(@"^ {4}(?<command>[^#\n]+?)(?: +#.*)?$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
