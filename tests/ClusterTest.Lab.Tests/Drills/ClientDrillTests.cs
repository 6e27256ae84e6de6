using System.Collections.Concurrent;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Drills with clients of the user's own in place of our programs. Shell scripts play them: a message is a number in a file.</summary>
public sealed class ClientDrillTests : IAsyncDisposable
{
    // "say KIND MEMBERS" writes a line.
    private const string Say = """
        say() { kind=$1; shift; echo '{"event":"'$kind'","ts":"'$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)'"'"$*"'}'; }
        start() { say started ',"program":"'$1'","version":"7","clock":"'$CLUSTER_TEST_CLOCK'"'; }

        """;

    private readonly ForeignDrill _at = new();
    private readonly ConcurrentQueue<string> _said = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Messages => Path.Combine(_at.Folder, "messages");

    private string Consumer => $$"""
        {{Say}}got=0
        trap 'say consumer-summary ",\"received\":$got"; exit 0' TERM
        start mine
        say ready
        while :; do
            sent=$(wc -l <{{Messages}})
            while [ $got -lt $sent ]; do got=$((got + 1)); say received ',"run":"r","seq":'$got',"time":'$(date +%s); done
            sleep 0.02
        done
        """;

    private string Producer => $$"""
        {{Say}}sent=0
        trap 'say producer-summary ",\"run\":\"r\",\"confirmed\":$sent"; exit 0' TERM
        start theirs
        while :; do
            sent=$((sent + 1)); echo $sent >>{{Messages}}; say sent ',"id":"m","run":"r","seq":'$sent',"latency_ms":1'
            sleep 0.02
        done
        """;

    [Fact]
    public async Task They_are_judged_and_named_as_ours_are()
    {
        var report = await DrillAsync(Consumer, Producer);

        Assert.Equal((Outcome.Passed, ""), (report.Outcome, string.Join(' ', report.Reasons)));
        var verdict = Assert.Single(report.Variants).Judgement.Verdict;
        Assert.Equal((0, 0), (verdict.Lost, verdict.Duplicated));
        Assert.InRange(verdict.Confirmed, 10, int.MaxValue);
        Assert.Equal(verdict.Confirmed, verdict.Received);
        Assert.NotNull(Assert.Single(verdict.Faults).Outage);
        Assert.Equal(["mine 7 (consumer)", "theirs 7 (producer)"], report.Clients);
        Assert.Contains(_said, static line => line.Contains("Starting the program of --client as consumer", StringComparison.Ordinal));
        Assert.Contains(_said, static line => line.EndsWith("consumer  mine 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Their_environment_has_the_options_of_our_programs()
    {
        var seen = Path.Combine(_at.Folder, "seen");

        _ = await DrillAsync($"env >{seen}; exit 1", Producer);

        var variables = (await File.ReadAllLinesAsync(seen, Token)).Select(static line => line.Split('=', 2)).Where(static pair => pair.Length is 2)
            .DistinctBy(static pair => pair[0]).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var queue = variables["CLUSTER_TEST_QUEUE"];
        Assert.StartsWith("cluster_test_drill_", queue, StringComparison.Ordinal);
        Assert.Equal((queue, queue), (variables["CLUSTER_TEST_EXCHANGE"], variables["CLUSTER_TEST_ROUTING_KEY"]));
        Assert.Equal((_at.Uri, $"{queue}-consumer"), (variables["CLUSTER_TEST_URI"].TrimEnd('/'), variables["CLUSTER_TEST_CLIENT_NAME"]));
        Assert.Equal(("quorum", "1"), (variables["CLUSTER_TEST_QUEUE_TYPE"], variables["CLUSTER_TEST_SESSIONS"]));
        Assert.Equal(MachineClock.Id, variables["CLUSTER_TEST_CLOCK"]);
    }

    [Theory]
    [InlineData("echo no such library >&2; exit 3", "The program of --client ended by itself, with exit code 3. It said:\nno such library")]
    [InlineData("echo hello; sleep 60", "The program of --client wrote a line that is no event: hello\n")]
    [InlineData("start mine; say fault; sleep 60", "The program of --client wrote a line that a consumer does not write: {\"event\":\"fault\"")]
    [InlineData("say ready; sleep 60", "The program of --client wrote a line that comes before \"started\"")]
    [InlineData(
        "start mine; say received ',\"run\":\"r\",\"seq\":1'; sleep 60",
        "The program of --client wrote a line that has neither \"due_us\" nor \"time\", so that its delay is not known: {\"event\":\"received\"")]
    [InlineData("say started; sleep 60", "The program of --client wrote a line that lacks what the verdict needs: {\"event\":\"started\"")]
    [InlineData("start mine; sleep 60", "The consumer is not ready after 2 s. The consumer has written 0 \"ready\", where 1 belong, and 0 \"received\"")]
    public async Task One_that_does_not_do_its_part_is_told(string script, string reason)
    {
        var report = await DrillAsync(Say + script, Producer, startTimeout: TimeSpan.FromSeconds(2));

        Assert.Equal(Outcome.Invalid, report.Outcome);
        Assert.Contains(report.Reasons, told => told.StartsWith(reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_sends_nothing_is_told()
    {
        var report = await DrillAsync(Consumer, $"{Say}start theirs; echo waiting >&2; sleep 60", startTimeout: TimeSpan.FromSeconds(2));

        Assert.Equal(Outcome.Invalid, report.Outcome);
        Assert.Contains(
            "No messages flow after 2 s. The consumer has written 1 \"ready\", where 1 belong, and 0 \"received\" of different messages, "
            + "the producer 0 \"sent\". docs/events.md says what a client writes, and when. It said:\nwaiting",
            report.Reasons);
    }

    [Fact]
    public async Task One_that_goes_while_messages_flow_is_told()
    {
        var report = await DrillAsync(Consumer, Producer.Replace("sleep 0.02", "[ $sent -lt 30 ] || exit 4; sleep 0.02", StringComparison.Ordinal), hold: 2);

        Assert.Equal(Outcome.Invalid, report.Outcome);
        Assert.Contains("The program of --client-producer ended by itself, with exit code 4.", report.Reasons);
    }

    [Fact]
    public async Task One_without_a_summary_is_told()
    {
        var report = await DrillAsync(Consumer.Replace("say consumer-summary", ": ", StringComparison.Ordinal), Producer);

        Assert.Equal(Outcome.Invalid, report.Outcome);
        Assert.Contains(report.Reasons, static told => told.StartsWith(
            "The program of --client ended with exit code 0, and has not written \"consumer-summary\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_signal_to_stop_reaches_what_the_command_has_started_and_need_not_be_caught()
    {
        var producer = await ScriptAsync("producer", Producer);
        var consumer = await ScriptAsync("consumer", Consumer.Replace("exit 0' TERM", "trap - TERM; kill $$' TERM", StringComparison.Ordinal));

        var report = await DrillAsync($"true && /bin/sh {consumer} && true", $"cd / && /bin/sh {producer} && true");

        Assert.Equal((Outcome.Passed, ""), (report.Outcome, string.Join(' ', report.Reasons)));
    }

    [Theory]
    [InlineData("rabbitmq-client 100", "RabbitMQ.Client, 100 ms")]
    [InlineData("masstransit", "MassTransit")]
    public async Task Those_of_the_benchmarks_come_back_when_their_connection_is_closed(string arguments, string name)
    {
        var program = Path.Combine(RepositoryRoot.Find(), "benchmarks", "clients", "dotnet", "bin", "Release", "net10.0", "clients");

        var report = await DrillAsync($"exec '{program}' {arguments}", producer: null, breakAsync: _ =>
        {
            _at.Broker.Shutdown();
            _at.Broker.StartListening();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Passed, ""), (report.Outcome, string.Join(' ', report.Reasons)));
        Assert.StartsWith($"{name} ", Assert.Single(report.Clients!), StringComparison.Ordinal);
        var verdict = report.Variants[0].Judgement.Verdict;
        Assert.Equal(0, verdict.Lost);
        Assert.NotNull(Assert.Single(verdict.Faults).Consumer?.Ready);
        Assert.NotNull(verdict.Delay);
        Assert.Contains(_at.Broker.Received.OfType<ConnectionStartOk>(), static method =>
            method.ClientProperties.GetValueOrDefault("connection_name") is string connection && connection.EndsWith("-consumer", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _at.DisposeAsync();

    private async Task<string> ScriptAsync(string name, string text)
    {
        var path = Path.Combine(_at.Folder, name);
        await File.WriteAllTextAsync(path, text, Token);
        return path;
    }

    private async Task<DrillReport> DrillAsync(
        string consumer, string? producer, TimeSpan? startTimeout = null, double hold = 0.3, Func<CancellationToken, Task>? breakAsync = null)
    {
        await File.WriteAllTextAsync(Messages, "", Token);
        Assert.True(AmqpUri.TryParse(_at.Uri, out var uri, out _));
        var (time, fault) = (TimeProvider.System, new ScriptedTarget { Inject = breakAsync ?? (static _ => Task.CompletedTask) });
        var cluster = new ForeignCluster(uri, ["one"], [fault], new CommandRecovery(Heal: "true"));
        var options = new DrillOptions
        {
            Kind = DrillKind.Drill,
            Faults = [fault.Name],
            Clients =
            [
                new Client(Client.ConsumerOption, EventWriter.Consumer, consumer),
                .. producer is null ? Array.Empty<Client>() : [new Client(Client.ProducerOption, EventWriter.Producer, producer)],
            ],
            Rate = 50,
            Hold = TimeSpan.FromSeconds(hold),
            StartTimeout = startTimeout ?? ForeignDrill.Patience,
            Variants = [new Variant("", 1, QueueType.Quorum)],
            Seed = 1,
            ReportDirectory = _at.Folder,
        };
        var target = new ForeignTarget(cluster, options.FaultTimeout, new UnhealedFaults(Path.Combine(_at.Folder, "unhealed.json"), time), time);
        var drill = new Drill(target, options, new DrillProgress(time, _said.Enqueue), time);
        return (await drill.RunAsync(Token).WaitAsync(ForeignDrill.Patience, time, Token)).Report;
    }
}
