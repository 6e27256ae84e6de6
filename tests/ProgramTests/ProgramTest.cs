using System.Text.Json;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 8)] // most tests wait for programs that wait

namespace ClusterTest.ProgramTests;

/// <summary>Tests of a built program, run as users run it, against a scripted broker.</summary>
public abstract class ProgramTest : IAsyncDisposable
{
    protected const string Queue = "cluster_test";
    protected const string Secret = "s3cr3t";

    // A program that was started on a busy machine takes its time.
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<ProgramUnderTest> _programs = [];

    protected abstract string Program { get; }

    protected ScriptedBroker Broker { get; init; } = ScriptedBroker.Start();

    protected string Endpoint => $"{ScriptedBroker.Host}:{Broker.Port}";

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }

        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the program with HOST and PORT of the broker.</summary>
    protected ProgramUnderTest Start(params string[] options) => StartWith([ScriptedBroker.Host, $"{Broker.Port}", .. options]);

    protected ProgramUnderTest StartWith(string[] arguments, string? variable = null) =>
        Track(ProgramUnderTest.Start(Program, arguments, Environment(variable)));

    /// <summary>Runs a line of shell, in which <c>$P</c> is the program.</summary>
    protected ProgramUnderTest StartShell(string line) => Track(ProgramUnderTest.Start(
        "/bin/sh",
        ["-c", line],
        new Dictionary<string, string?>(Environment(null)) { ["P"] = ProgramUnderTest.PathOf(Program), ["PORT"] = $"{Broker.Port}" }));

    /// <summary>The log lines without their time of day.</summary>
    protected static IReadOnlyList<string> Logs(ProgramUnderTest program) =>
        [.. program.StandardError.Select(line => line.Length > 14 && line[0] == '[' ? line[14..] : line)];

    /// <summary>The line that says why the program gave up, without its time of day.</summary>
    protected static string FatalLine(ProgramUnderTest program) => Logs(program).Single(static line => line.StartsWith("FTL", StringComparison.Ordinal));

    protected static void AssertNoStackTrace(ProgramUnderTest program)
    {
        Assert.DoesNotContain(program.StandardError, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
        Assert.DoesNotContain(program.StandardError, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    protected static IReadOnlyList<JsonElement> Events(ProgramUnderTest program, string? name = null) =>
        [.. program.StandardOutput.Select(Parse).Where(line => name is null || line.GetProperty("event").GetString() == name)];

    protected static IReadOnlyList<string> EventNames(ProgramUnderTest program) => [.. Events(program).Select(line => line.GetProperty("event").GetString()!)];

    protected static JsonElement Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static Dictionary<string, string?> Environment(string? variable) => new() { ["CLUSTER_TEST_URI"] = variable };

    private ProgramUnderTest Track(ProgramUnderTest program)
    {
        _programs.Add(program);
        return program;
    }
}
