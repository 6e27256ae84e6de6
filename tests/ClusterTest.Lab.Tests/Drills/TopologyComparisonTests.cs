using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>The same plan on several topologies, each of which is a scripted broker of this test.</summary>
public sealed class TopologyComparisonTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_topology_has_its_own_cluster_its_own_evidence_and_what_is_known_of_it()
    {
        await using var first = new ForeignDrill();
        await using var second = new ForeignDrill();
        var places = new Places { ["one"] = first, ["two"] = second };

        var files = await RunAsync(first, places, Named("one"), Named("two"));

        Assert.Equal(0, files.ExitCode);
        Assert.Equal(["begin one", "end one", "begin two", "end two"], places.Steps);
        Assert.Equal(
            ["events-one.jsonl.gz", "events-two.jsonl.gz", "report.html", "report.json"],
            Directory.GetFiles(files.Folder).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal(("comparison", Outcome.Passed), (files.Report.Kind, files.Report.Outcome));
        Assert.Equal(
            [("one", AddressOf(first)), ("two", AddressOf(second))],
            files.Report.Variants.Select(static variant => (variant.Name, variant.Environment!.Address)));
        Assert.All(files.Report.Variants, static variant =>
        {
            Assert.Equal([new TopologyProperty("machines needed", $"those of {variant.Name}")], variant.Properties!);
            Assert.Single(variant.Judgement.Verdict.Faults);
        });
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public async Task What_cannot_be_started_says_why_and_the_others_go_on(bool mayBeSkipped, int exitCode)
    {
        await using var at = new ForeignDrill();
        var places = new Places { ["two"] = at };

        var files = await RunAsync(at, places, Named("one") with { MayBeSkipped = mayBeSkipped }, Named("two"));

        Assert.Equal(exitCode, files.ExitCode);
        Assert.Equal(["begin two", "end two"], places.Steps);
        Assert.Equal(["not run", "passed"], files.Report.Variants.Select(SideBySide.OutcomeOf));
        Assert.Equal(["one was not run: one has no image."], SideBySide.NotRun(files.Report.Variants));
        Assert.Equal(mayBeSkipped ? [] : ["one: one has no image."], files.Report.Reasons);
        Assert.Equal(AddressOf(at), files.Report.Environment.Address);
    }

    [Fact]
    public async Task Where_nothing_can_be_started_nothing_is_proved()
    {
        await using var at = new ForeignDrill();

        var files = await RunAsync(at, [], Named("one") with { MayBeSkipped = true });

        Assert.Equal((2, Outcome.Invalid), (files.ExitCode, files.Report.Outcome));
    }

    [Fact]
    public async Task One_that_loses_a_message_fails_the_whole_and_the_others_go_on()
    {
        await using var lossy = new ForeignDrill();
        await using var sound = new ForeignDrill();
        _ = lossy.Broker.On<BasicPublish>().Skip(30).Once().Do(static publish => publish.Confirm());

        var files = await RunAsync(lossy, new Places { ["one"] = lossy, ["two"] = sound }, Named("one"), Named("two"));

        Assert.Equal((3, Outcome.Failed), (files.ExitCode, files.Report.Outcome));
        Assert.Equal(["failed", "passed"], files.Report.Variants.Select(SideBySide.OutcomeOf));
        Assert.Equal(["one: 1 confirmed message was lost."], files.Report.Reasons);
    }

    [Fact]
    public async Task Who_interrupts_it_gets_the_report_of_those_before()
    {
        await using var at = new ForeignDrill();
        using var stop = new CancellationTokenSource();
        var places = new Places { ["one"] = at };
        var drill = DrillOf(at, places.BeginAsync, Named("one"), Named("two"), Named("three"));
        places.AtEnd = stop.Cancel;

        var files = await drill.RunAsync(stop.Token).WaitAsync(ForeignDrill.Patience, TimeProvider.System, Token);

        Assert.Equal((130, Outcome.Invalid), (files.ExitCode, files.Report.Outcome));
        Assert.Equal([("one", "passed"), ("two", "not run")], files.Report.Variants.Select(static variant => (variant.Name, SideBySide.OutcomeOf(variant))));
        Assert.Equal(["two: It was interrupted before it began."], files.Report.Reasons);
    }

    [Fact]
    public async Task What_cannot_be_taken_down_keeps_its_result_and_the_others_go_on()
    {
        await using var first = new ForeignDrill();
        await using var second = new ForeignDrill();
        var places = new Places { ["one"] = first, ["two"] = second };
        places.AtEnd = () => throw new LabException("A part does not end.");

        var files = await RunAsync(first, places, Named("one"), Named("two"));

        Assert.Equal(["passed", "passed"], files.Report.Variants.Select(SideBySide.OutcomeOf));
    }

    [Fact]
    public async Task A_topology_that_cannot_suffer_the_plan_is_not_started()
    {
        var lab = new LabCluster(new NativeClusterOptions { StateDirectory = Path.Combine(Path.GetTempPath(), "no-such-lab"), Topology = new Standalone() });
        var labs = new LabsInTurn(_ => lab, ["kill", "partition"], new DrillProgress(TimeProvider.System, static _ => { }), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<LabException>(() => labs.RunAsync(Named("standalone"), static _ => throw new NotSupportedException(), Token));

        Assert.Equal(
            "partition changes nothing in the topology standalone: no node has another node to be cut off from. "
                + "It takes --topology cluster, shared-storage or shovel.",
            failure.Message);
    }

    private static Variant Named(string name) =>
        new(name, 1, QueueType.Quorum) { Properties = [new TopologyProperty("machines needed", $"those of {name}")] };

    private static string AddressOf(ForeignDrill at) => $"{ScriptedBroker.Host}:{at.Broker.Port}";

    private static Task<DrillFiles> RunAsync(ForeignDrill at, Places places, params IReadOnlyList<Variant> variants) =>
        DrillOf(at, places.BeginAsync, variants).RunAsync(Token).WaitAsync(ForeignDrill.Patience, TimeProvider.System, Token);

    private static Drill DrillOf(ForeignDrill at, DrillPlace place, params IReadOnlyList<Variant> variants)
    {
        var options = new DrillOptions
        {
            Kind = DrillKind.Comparison,
            Faults = [new ScriptedTarget().Name],
            HealsWhenMessagesFlow = false,
            Hold = TimeSpan.FromMilliseconds(100),
            Variants = variants,
            Seed = 1,
            ReportDirectory = at.Folder,
        };
        return new Drill(place, options, new DrillProgress(TimeProvider.System, static _ => { }), TimeProvider.System);
    }

    /// <summary>The brokers of the variants. A variant without one cannot be started.</summary>
    private sealed class Places : Dictionary<string, ForeignDrill>
    {
        internal List<string> Steps { get; } = [];

        internal Action AtEnd { get; set; } = static () => { };

        internal async Task BeginAsync(Variant variant, Func<IDrillTarget, Task> run, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryGetValue(variant.Name, out var at))
            {
                throw new LabException($"{variant.Name} has no image.");
            }

            Steps.Add($"begin {variant.Name}");
            Assert.True(AmqpUri.TryParse(at.Uri, out var uri, out _));
            var cluster = new ForeignCluster(uri, ["node"], [new ScriptedTarget()], new CommandRecovery(Heal: "true"));
            var unhealed = new UnhealedFaults(Path.Combine(at.Folder, "unhealed.json"), TimeProvider.System);
            await run(new ForeignTarget(cluster, DrillOptions.DefaultFaultTimeout, unhealed, TimeProvider.System));
            Steps.Add($"end {variant.Name}");
            AtEnd();
        }
    }
}
