using System.Reflection;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>The walls between the assemblies: which assemblies each one may use, and which ones the judge must not use.</summary>
public sealed class AssemblyTests
{
    private static readonly Dictionary<string, (Assembly Assembly, string[] Ours, string[] NotTheirs)> Walls = new()
    {
        ["Events"] = (typeof(ResultEvent).Assembly, [], ["RabbitMQ.Client", "Serilog", "Spectre.Console", "System.CommandLine", "System.Console"]),
        ["Verdicts"] = (
            typeof(Verdict).Assembly,
            ["ClusterTest.Events"],
            ["RabbitMQ.Client", "Serilog", "Spectre.Console", "System.CommandLine", "System.Console"]),
        ["Reconnect"] = (typeof(ClusterConsumer).Assembly, [], ["Serilog", "Spectre.Console", "System.CommandLine", "System.Console"]),
        ["Cli"] = (typeof(CommandLine).Assembly, ["ClusterTest.Events", "ClusterTest.Reconnect"], ["Spectre.Console"]),
        ["Lab"] = (typeof(RepositoryRoot).Assembly, ["ClusterTest.Cli", "ClusterTest.Events", "ClusterTest.Reconnect", "ClusterTest.Verdicts"], []),
    };

    [Theory]
    [InlineData("Events")]
    [InlineData("Verdicts")]
    [InlineData("Reconnect")]
    [InlineData("Cli")]
    [InlineData("Lab")]
    public void An_assembly_knows_only_those_below_it(string name)
    {
        var (assembly, ours, notTheirs) = Walls[name];
        string[] known = [.. assembly.GetReferencedAssemblies().Select(static reference => reference.Name!)];

        Assert.Equal(ours, known.Where(static reference => reference.StartsWith("ClusterTest", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(known.Intersect(notTheirs));
    }

    [Fact]
    public void The_judge_knows_no_fault_by_name()
    {
        var sources = Directory.GetFiles(Path.Combine(RepositoryRoot.Find(), "src", "ClusterTest.Verdicts"), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(FaultList.Names);
        Assert.NotEmpty(sources);
        Assert.Empty(
            from source in sources
            let text = File.ReadAllText(source)
            from fault in FaultList.Names
            where text.Contains($"\"{fault}\"", StringComparison.Ordinal)
            select $"{Path.GetFileName(source)}: {fault}");
    }
}
