using System.Text.Json;
using ClusterTest.Events;
using ClusterTest.Testing;
using ClusterTest.Verdicts.Tests;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Lab.Tests.Commands;

/// <summary>Tests of <c>verdict</c> in the built program.</summary>
public sealed class VerdictCommandTests : IDisposable
{
    private readonly EventDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Two_producers_and_two_consumers_account_for_every_message_together()
    {
        string[] files =
        [
            _directory.WriteWhole("p1.jsonl", Started("producer"), Sent(1, run: "a"), Sent(2, run: "a")),
            _directory.WriteWhole("p2.jsonl", Started("producer"), Sent(1, run: "b")),
            _directory.WriteWhole("c1.jsonl", Started("consumer"), Received(1, 100, run: "a"), Received(1, 300, run: "b")),
            _directory.WriteWhole("c2.jsonl", Started("consumer"), Received(2, 250, run: "a")),
        ];

        var (exitCode, output, error) = await RunAsync(files);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"confirmed +3 ", output);
        Assert.Matches(@"lost +0 ", output);
        Assert.Matches(@"outage +150 ms ", output);
        Assert.EndsWith("Nothing was lost.\nPASSED", output, StringComparison.Ordinal);
        Assert.Equal(output, (await RunAsync([.. files.Reverse()])).Output);

        var lossy = await RunAsync(files[..3]);
        Assert.Equal(3, lossy.ExitCode);
        Assert.Contains("lost: message 2 of run a", lossy.Output, StringComparison.Ordinal);
        Assert.EndsWith("FAILED\n  1 confirmed message was lost.", lossy.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_shown_in_a_table()
    {
        var (exitCode, output, _) = await RunAsync(Drill(Fault(2, "injecting", 3_000), Fault(2, "failed", 3_100, detail: "no such node")));

        Assert.Equal(2, exitCode);
        Assert.Matches(@"1 +kill +rabbit1 +leader +700 +300 +100 +consumer +50 +5 +90 ", output);
        Assert.EndsWith("INVALID: this proves nothing.\n  kill rabbit1: no such node", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verdict_is_JSON_when_asked_for()
    {
        var (exitCode, output, _) = await RunAsync(Drill(), "--output", "json");

        using var verdict = JsonDocument.Parse(output);
        Assert.Equal(0, exitCode);
        var fault = verdict.RootElement.GetProperty("faults")[0];
        Assert.Equal(
            (1, 700, "kill"),
            (
                verdict.RootElement.GetProperty("confirmed").GetInt32(),
                verdict.RootElement.GetProperty("outage_ms").GetDouble(),
                fault.GetProperty("fault").GetString()));
        Assert.Equal(90, fault.GetProperty("consumer").GetProperty("ready_ms").GetDouble());
    }

    [Theory]
    [InlineData("700ms", 0)]
    [InlineData("699ms", 3)]
    public async Task A_longer_outage_than_allowed_fails(string allowed, int expected)
    {
        var (exitCode, output, _) = await RunAsync(Drill(), "--max-outage", allowed);

        Assert.Equal(expected, exitCode);
        Assert.Equal(expected is 3, output.EndsWith($"The longest outage, 700 ms, is longer than the {allowed} allowed.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_prove_nothing_are_no_success()
    {
        var producer = _directory.WriteWhole("p.jsonl", Started("producer"), Sent(1));
        var consumer = _directory.WriteWhole("c.jsonl", Started("consumer"), Received(1));
        var silent = _directory.WriteWhole("s.jsonl", Started("producer"), NotSent(1));
        var empty = _directory.WriteText("e.jsonl", "");

        await AssertProvesNothingAsync("INCOMPLETE: ", "There are no events of a consumer", producer);
        await AssertProvesNothingAsync("INCOMPLETE: ", "There are no events of a producer in it,", consumer);
        await AssertProvesNothingAsync("INCOMPLETE: ", "There are no events of a producer or a consumer", empty);
        await AssertProvesNothingAsync("INVALID: ", "No message was confirmed: nothing was tried.", silent, consumer);
        await AssertProvesNothingAsync("INVALID: ", "The consumers received too little", producer, consumer, "--max-outage", "1s");
    }

    [Fact]
    public async Task A_consumer_that_received_nothing_proves_a_loss() => Assert.Equal(
        3, (await RunAsync(_directory.WriteWhole("p.jsonl", Started("producer"), Sent(1)), _directory.WriteWhole("c.jsonl", Started("consumer")))).ExitCode);

    [Fact]
    public async Task A_consumer_file_that_was_cut_in_half_says_nothing_of_lost_messages()
    {
        var producer = _directory.WriteWhole("p.jsonl", [Started("producer"), .. Enumerable.Range(1, 200).Select(static number => Sent(number))]);
        var consumer = _directory.WriteWhole("c.jsonl", [Started("consumer"), .. Enumerable.Range(1, 200).Select(static number => Received(number))]);
        var text = await File.ReadAllTextAsync(consumer, TestContext.Current.CancellationToken);
        _ = _directory.WriteText("c.jsonl", text[..(text.Length / 2)]);

        var (exitCode, output, _) = await RunAsync(producer, consumer);

        Assert.Equal(2, exitCode);
        Assert.Matches(@"lost +\? ", output);
        Assert.Matches(@"missing +\d+ ", output);
        Assert.DoesNotContain("lost:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was lost", output, StringComparison.Ordinal);
        Assert.Contains(
            $"INCOMPLETE: the evidence is not all there, so it proves nothing.\n  {consumer}: its summary is missing", output, StringComparison.Ordinal);
        Assert.EndsWith($"{consumer}: its last line was cut off.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_evidence_gives_the_same_exit_code_in_a_report()
    {
        var passed = Drill();
        Assert.Equal((0, 0), ((await RunAsync(passed)).ExitCode, await ReportAsync(passed)));
        var lossy = Drill(Sent(9));
        Assert.Equal((3, 3), ((await RunAsync(lossy)).ExitCode, await ReportAsync(lossy)));
        var invalid = Drill(Problem("invalid", "It went wrong."));
        Assert.Equal((2, 2), ((await RunAsync(invalid)).ExitCode, await ReportAsync(invalid)));
        var slow = Drill(TimeSpan.FromMilliseconds(1));
        Assert.Equal((3, 3), ((await RunAsync(slow)).ExitCode, await ReportAsync(slow)));
        var whole = await File.ReadAllTextAsync(Drill(), TestContext.Current.CancellationToken);
        var first = _directory.WriteText("first.jsonl", whole);
        var hourLater = _directory.WriteText(
            "later.jsonl", whole.Replace("T03:", "T04:", StringComparison.Ordinal).Replace(Run, "run-2", StringComparison.Ordinal));
        Assert.Equal((0, 0), ((await RunAsync(first, hourLater, "--max-outage", "5s")).ExitCode, await ReportAsync(first, hourLater, "--max-outage", "5s")));
        var cutOff = _directory.WriteText("cut.jsonl", (await File.ReadAllTextAsync(passed, TestContext.Current.CancellationToken))[..^9]);
        Assert.Equal((2, 2), ((await RunAsync(cutOff)).ExitCode, await ReportAsync(cutOff)));
        var skipped = NotRun(ProblemKind.Skipped);
        Assert.Equal((0, 0), ((await RunAsync(first, skipped)).ExitCode, await ReportAsync(first, skipped)));
        Assert.Equal((2, 2), ((await RunAsync(skipped)).ExitCode, await ReportAsync(skipped)));
        var notRun = NotRun(ProblemKind.NotRun);
        Assert.Equal((2, 2), ((await RunAsync(first, notRun)).ExitCode, await ReportAsync(first, notRun)));
        Assert.DoesNotContain("Nothing was lost", (await RunAsync(notRun)).Output, StringComparison.Ordinal);
        lossy = Drill(Sent(9));
        Assert.Equal((3, 3), ((await RunAsync(lossy, cutOff)).ExitCode, await ReportAsync(lossy, cutOff)));
    }

    [Fact]
    public async Task A_report_takes_the_place_of_nothing_but_a_report()
    {
        var evidence = Drill();
        Assert.Equal((0, 0), (await ReportAsync(evidence), await ReportAsync(evidence)));
        foreach (var (name, text) in new[] { ("report.html", "<p>mine</p>"), ("report.json", "{}") })
        {
            var folder = Directory.CreateDirectory(Path.Combine(_directory.Path, name + ".d")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

            Assert.Equal(2, await ReportAsync(evidence, "--folder", folder));

            Assert.Equal([Path.Combine(folder, name)], Directory.GetFiles(folder));
            Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(folder, name), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task What_is_no_event_file_is_told_in_one_line()
    {
        await AssertRejectedAsync($"{_directory.Path} is a directory. Name the event files in it, such as ", _directory.Path);
        await AssertRejectedAsync("Cannot read /nowhere/events.jsonl: ", "/nowhere/events.jsonl");
        await AssertRejectedAsync("/bin/sleep, line 1 is no event. ", "/bin/sleep");
        Assert.Equal(1, (await RunAsync()).ExitCode);
    }

    private string NotRun(string kind) =>
        _directory.WriteWhole($"{kind}.jsonl", DrillStarted(variant: "warren"), Problem(kind, "The topology warren has no Compose file."));

    private string Drill(params ResultEvent[] more) => Drill(null, more);

    private string Drill(TimeSpan? maxOutage, params ResultEvent[] more) => _directory.WriteText("events.jsonl", string.Concat(Complete(
    [
        DrillStarted(maxOutage), .. Programs, Sent(1, 1_000, 300), Received(1, 1_100, 1_000), Lost(1_150), Recovered(1_190), Received(2, 1_800, 1_750),
        Fault(1, "injecting", 1_100), Fault(1, "effective", 1_150), Fault(1, "healed", 2_000), .. more,
    ]).Select(static written => $"{EventDirectory.Line(written)}\n")));

    private static async Task AssertProvesNothingAsync(string outcome, string reason, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, error));
        Assert.Matches($"lost +[0?] ", output);
        Assert.Contains($"\n{outcome}", output, StringComparison.Ordinal);
        Assert.Contains($"\n  {reason}", output, StringComparison.Ordinal);
    }

    private static async Task<int> ReportAsync(params string[] arguments)
    {
        await using var program = ProgramUnderTest.Start("cluster-test-lab", ["report", .. arguments]);
        return await program.ExitCodeAsync(TestLab.Patience);
    }

    private static async Task AssertRejectedAsync(string message, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var program = ProgramUnderTest.Start("cluster-test-lab", ["verdict", .. arguments]);
        var exitCode = await program.ExitCodeAsync(TestLab.Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
    }
}
