using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>docs/events.md says what the code writes and reads.</summary>
public sealed partial class EventPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "events.md"));

    private static readonly Dictionary<string, Type> Kinds = typeof(ResultEvent).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToDictionary(static kind => (string)kind.TypeDiscriminator!, static kind => kind.DerivedType);

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Fact]
    public void Every_kind_is_on_the_page_and_no_other() => Assert.Equal(Kinds.Keys.Order(), KindsOnPage().Keys.Order());

    [Theory, MemberData(nameof(Names))]
    public void Every_member_of_a_kind_is_on_the_page_and_no_other(string kind) =>
        Assert.Equal(MembersOf(Kinds[kind]).Order(), KindsOnPage()[kind].Members.Where(member => !IsValue(kind, member)).Order());

    [Theory, MemberData(nameof(Names))]
    public void The_page_says_who_writes_a_kind(string kind)
    {
        var writers = new[] { EventWriter.Consumer, EventWriter.Producer }.Where(writer => MayWrite(writer, kind)).ToList();

        Assert.Equal(writers switch { [] => EventWriter.Lab, [var one] => one, _ => "both" }, KindsOnPage()[kind].Writer);
    }

    [Fact]
    public void Every_member_of_every_line_is_on_the_page() =>
        Assert.All(MembersOf(typeof(ResultEvent)), static member => Assert.Contains($"\n| `{member}` |", Page, StringComparison.Ordinal));

    [Fact]
    public void The_lines_of_the_example_are_those_of_a_client()
    {
        var read = new List<ResultEvent>();
        var lines = new ClientLines(new Client(Client.ConsumerOption, EventWriter.Consumer, "mine"), read.Add);
        var example = Block("json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in example)
        {
            lines.Read(line);
            Assert.Null(lines.Complaint);
            using var document = JsonDocument.Parse(line);
            var known = MembersOf(read[^1].GetType()).Concat(MembersOf(typeof(ResultEvent))).Append("event");
            Assert.Empty(document.RootElement.EnumerateObject().Select(static member => member.Name).Except(known));
        }

        Assert.True(lines.HasSummary);
        Assert.Equal(example.Length, read.Count);
    }

    [Fact]
    public void The_program_of_the_example_writes_what_a_client_writes_at_the_least()
    {
        var said = Said().Matches(Block("python")).Select(static match => match.Groups[1].Value);

        Assert.Equal(["consumer-summary", "ready", "received", "started"], said.Order());
        var used = Variable().Matches(Block("python")).Select(static match => match.Value).Distinct();
        var given = Client.EnvironmentOf(new Dictionary<string, string?> { [Cli.ConnectionOptions.UriVariable] = "" }, OptionsOnPage()).Keys;
        Assert.Empty(used.Except(given));
    }

    [Fact]
    public void Every_client_of_the_benchmarks_is_short()
    {
        var clients = Path.Combine(RepositoryRoot.Find(), "benchmarks", "clients");
        string[] programs =
        [
            .. Directory.GetFiles(Path.Combine(clients, "python"), "*_consumer.py"),
            .. Directory.GetFiles(Path.Combine(clients, "node"), "*_consumer.mjs"),
            .. Directory.GetFiles(Path.Combine(clients, "dotnet"), "*Client.cs"),
        ];

        Assert.Equal(7, programs.Length);
        Assert.All(programs, static program => Assert.InRange(File.ReadAllLines(program).Length, 10, 59));
    }

    private static Dictionary<string, (string Writer, string[] Members)> KindsOnPage() => Row().Matches(Page)
        .ToDictionary(
            static row => row.Groups["kind"].Value,
            static row => (row.Groups["writer"].Value, CodeIn(row.Groups["members"].Value)));

    private static string[] CodeIn(string text) => [.. Code().Matches(text).Select(static code => code.Groups[1].Value).Distinct()];

    // What stands in code and is no member: values of members, and members that another is explained by.
    private static bool IsValue(string kind, string word) => kind switch
    {
        "lost-connection" => word is "connection" or "channel",
        "fault" => word is FaultStep.Injecting or FaultStep.Effective or FaultStep.Healing or FaultStep.Healed or FaultStep.Failed,
        _ => false,
    };

    private static IEnumerable<string> MembersOf(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => property.Name is not "EqualityContract" && (type == typeof(ResultEvent) || property.DeclaringType != typeof(ResultEvent)))
        .Select(static property => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name) + (IsDuration(property.PropertyType) ? "_ms" : ""));

    private static bool IsDuration(Type type) => type == typeof(TimeSpan) || type == typeof(TimeSpan?);

    // A client may write a line of a kind if what is wrong with an empty one is not that.
    private static bool MayWrite(string writer, string kind)
    {
        var lines = new ClientLines(new Client(Client.ConsumerOption, writer, "mine"), static _ => { });
        lines.Read($$"""{"event":"{{kind}}","ts":"2026-01-02T03:04:05Z"}""");
        return lines.Complaint?.Contains("does not write", StringComparison.Ordinal) is not true;
    }

    private static string Block(string language) =>
        Regex.Match(Page, $"```{language}\n(.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Groups[1].Value;

    private static List<string> OptionsOnPage() => [.. Variable().Matches(Page).Select(static match => match.Value).Distinct()
        .SelectMany(static name => new[] { $"--{name["CLUSTER_TEST_".Length..].ToLowerInvariant().Replace('_', '-')}", "" })];

    [GeneratedRegex(@"^\| `(?<kind>[a-z-]+)` \| (?<writer>[a-z]+) \| [^|]+ \| (?<members>[^|]+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("""^ *say\("([a-z-]+)""", RegexOptions.Multiline)]
    private static partial Regex Said();

    [GeneratedRegex("CLUSTER_TEST_[A-Z_]+")]
    private static partial Regex Variable();
}
