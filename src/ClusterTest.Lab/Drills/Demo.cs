using System.Globalization;
using ClusterTest.Cli;
using ClusterTest.Cli.Events;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Verdicts;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Drills;

/// <summary>The story that the repository is about: a consumer's node is stopped while messages flow, and every message is accounted for.</summary>
internal sealed class Demo(NativeCluster cluster, TextWriter writer, TimeProvider time)
{
    private const int Rate = 20;
    private const int MessagesBetweenSteps = 20;
    private const string Role = "demo";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _name = $"cluster_test_demo_{Guid.NewGuid().ToString("N")[..8]}";
    private readonly DemoStory _story = new(writer);

    /// <summary>Runs it, on the cluster that is up, or on one that is started and taken down again.</summary>
    /// <returns>An exit code: success only if nothing was lost.</returns>
    internal async Task<int> RunAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        var outcome = await cluster.UpAsync(progress, cancellationToken);
        try
        {
            await RequireWholeClusterAsync(outcome, cancellationToken);
            var verdict = await StopAndAccountAsync(cancellationToken);
            VerdictView.Write(writer, verdict, Rate);
            return verdict.Lost.Count is 0 ? ExitCode.Success : ExitCode.VerdictFailed;
        }
        finally
        {
            if (outcome is UpOutcome.Started)
            {
                _ = await cluster.DownAsync(CancellationToken.None);
            }
            else
            {
                await RestoreAsync();
            }
        }
    }

    private async Task RequireWholeClusterAsync(UpOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is UpOutcome.AlreadyUp)
        {
            if (!(await cluster.GetStatusAsync(cancellationToken)).IsHealthy)
            {
                throw new LabException("The lab is up but not whole. Run ./lab heal first.");
            }

            _story.Say("The lab is up: it is used, and left up.");
        }
    }

    private async Task<Verdict> StopAndAccountAsync(CancellationToken cancellationToken)
    {
        await using var consumer = Start("ClusterTest.Consumer", "cluster-test-consumer", [], _story.Consumer);
        await consumer.WaitAsync(static events => events.OfType<ReadyEvent>().Any(), "consuming", Patience, cancellationToken);
        await using var producer = Start(
            "ClusterTest.Producer", "cluster-test-producer", ["--rate", Rate.ToString(CultureInfo.InvariantCulture)], _story.Producer);
        await FlowAsync(consumer, cancellationToken);

        var node = await FindAsync(consumer, cancellationToken);
        _story.SayMeanwhile($"{Rate} messages a second; the consumer is on {node}");

        var from = time.GetUtcNow();
        await CtlAsync(node, "stop_app", token => cluster.InjectAsync(node, NodeFault.StopApp, token), cancellationToken);
        await consumer.WaitAsync(
            static events => events.OfType<LostConnectionEvent>().Any() && events.OfType<RecoveredEvent>().Any(), "recovery from a lost connection", Patience, cancellationToken);
        await FlowAsync(consumer, cancellationToken);
        var until = time.GetUtcNow();
        _story.SayMeanwhile($"and on; the consumer is on {await FindAsync(consumer, cancellationToken)} now");

        await CtlAsync(node, "start_app", token => cluster.HealAsync(cancellationToken: token), cancellationToken);
        await FlowAsync(consumer, cancellationToken);
        _story.SayMeanwhile($"and on; {node} is back in the cluster");

        _story.Say($"{Environment.NewLine}Stopping the producer, which waits for its last confirms, and the consumer after its last message.");
        await producer.StopAsync(cancellationToken);
        await DrainAsync(consumer, producer, cancellationToken);
        await consumer.StopAsync(cancellationToken);
        return Accounting.Of(producer.Events, consumer.Events, from, until);
    }

    private async Task<string> FindAsync(EventProgram program, CancellationToken cancellationToken) =>
        (await cluster.FindNodesOfClientAsync(ClientName(program.Name), cancellationToken)) is [var node, ..]
            ? node
            : throw new LabException($"{program.Name} works, but no node knows its connection.");

    /// <summary>Waits for so many more messages.</summary>
    private static Task FlowAsync(EventProgram consumer, CancellationToken cancellationToken)
    {
        var before = consumer.Events.OfType<ReceivedEvent>().Count();
        return consumer.WaitAsync(
            events => events.OfType<ReceivedEvent>().Count() >= before + MessagesBetweenSteps, $"{MessagesBetweenSteps} more messages", Patience, cancellationToken);
    }

    /// <summary>Gives the last messages time to arrive. Those that do not are for the verdict to name.</summary>
    private static async Task DrainAsync(EventProgram consumer, EventProgram producer, CancellationToken cancellationToken)
    {
        try
        {
            var confirmed = producer.Events.OfType<SentEvent>().Select(static sent => sent.Id).ToHashSet();
            await consumer.WaitAsync(
                events => confirmed.IsSubsetOf(events.OfType<ReceivedEvent>().Select(static received => received.Id!)), "last message", Patience, cancellationToken);
        }
        catch (LabException)
        {
            // They are lost.
        }
    }

    private async Task CtlAsync(string node, string command, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        _story.ShowCommand($"./lab ctl {node} {command}");
        await run(cancellationToken);
    }

    private EventProgram Start(string project, string program, string[] more, Action<ResultEvent> watch)
    {
        var path = LabPrograms.Find(project, program);
        string[] address = [cluster.Balancer.Host, cluster.Balancer.Port.ToString(CultureInfo.InvariantCulture)];
        _story.ShowCommand(string.Join(' ', [program, .. address, .. more]));
        return EventProgram.Start(
            path,
            [.. address, .. more, "--output", "json", "--queue", _name, "--exchange", _name, "--routing-key", _name, "--client-name", ClientName(program)],
            new Dictionary<string, string?> { [LabProcesses.LabVariable] = cluster.StateDirectory, [LabProcesses.RoleVariable] = Role, ["CLUSTER_TEST_URI"] = null },
            watch,
            time);
    }

    private string ClientName(string program) => $"{_name}-{program}";

    /// <summary>Leaves the user's own lab as it was: every node running, queue and exchange gone.</summary>
    private async Task RestoreAsync()
    {
        if (!(await cluster.GetStatusAsync()).IsHealthy)
        {
            await cluster.HealAsync();
        }

        await using var connection = await new ConnectionFactory { HostName = cluster.Balancer.Host, Port = cluster.Balancer.Port }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        _ = await channel.QueueDeleteAsync(_name);
        _ = await channel.QueueDeleteAsync($"{_name}.parked");
        await channel.ExchangeDeleteAsync(_name);
    }
}
