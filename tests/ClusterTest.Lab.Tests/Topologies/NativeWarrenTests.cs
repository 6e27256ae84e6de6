using System.Text.Json;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;
using ClusterTest.Testing;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class NativeWarrenTests
{
    private const string NoOther = "Two versions of RabbitMQ need a second installation: name its folder in CLUSTER_TEST_OTHER_BROKER.";
    private const string Queue = "cluster_test";

    public static bool HasOther => OtherBroker is not null;

    private static string? OtherBroker => Environment.GetEnvironmentVariable("CLUSTER_TEST_OTHER_BROKER");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_primary_and_a_standby_lose_nothing_and_go_down()
    {
        await using var lab = new TestLab();
        await WarrenContract.CheckAsync(lab.RunAsync);
        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact(Skip = NoOther, SkipType = typeof(NativeWarrenTests), SkipUnless = nameof(HasOther))]
    public async Task They_may_have_two_versions()
    {
        await using var lab = new TestLab();
        await WarrenContract.CheckAsync(lab.RunAsync, "--standby", OtherBroker!);
    }

    [Fact]
    public async Task Status_says_what_keeps_a_Shovel_from_carrying()
    {
        await using var lab = new TestLab(topology: new Warren());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);

        await WarrenContract.WaitForStatusAsync(lab.RunAsync, Queue + " +standby +primary +standby +running");

        // A node that has just been told of a Shovel does not list its state yet.
        await CtlAsync(lab, "standby", "eval", "rabbit_shovel_status:remove({<<\"/\">>, <<\"cluster_test\">>}).");
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, Queue + " +standby +primary +standby +starting");

        await CtlAsync(lab, "standby", "eval", "application:stop(rabbitmq_shovel).");
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, "(?s)standby does not say how its\\s+Shovels are.*rabbitmq_shovel\\s+enabled");
        await CtlAsync(lab, "standby", "eval", "application:start(rabbitmq_shovel).");
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, Queue + " +standby +primary +standby +running");

        await CtlAsync(lab, "primary", "delete_queue", Queue);
        await using (var primary = await ConnectAsync(await lab.Cluster.FindAddressAsync("primary", Token)))
        await using (var channel = await primary.CreateChannelAsync(cancellationToken: Token))
        {
            _ = await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        }

        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"is\s+quorum\s+on\s+standby\s+and\s+classic\s+on\s+primary");

        await CtlAsync(lab, "standby", "set_parameter", "shovel", Queue, JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["src-protocol"] = "amqp091",
            ["src-uri"] = "amqp://",
            ["src-queue"] = Queue,
            ["dest-protocol"] = "amqp091",
            ["dest-uri"] = $"amqp://guest:wrong@{await lab.Cluster.FindAddressAsync("primary", Token)}",
            ["dest-queue"] = Queue,
        }));
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"The\s+Shovel\s+cannot\s+log\s+in\s+to\s+primary");
    }

    [Fact]
    public async Task A_hand_over_that_is_interrupted_is_done_by_the_next_and_undone_by_heal_with_every_queue()
    {
        await using var lab = new TestLab(topology: new Warren());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        await FillAsync(await lab.Cluster.FindAddressAsync("primary", Token), (Queue, "quorum", 2000), ("other", "classic", 50));
        var processes = await WarrenContract.ProcessesAsync(lab.RunAsync);

        await using (var cut = lab.Start("fault", "hand-over", "primary"))
        {
            await Eventually.TrueAsync(async () => await BalancerStatistics.ReadAsync(lab.Options.Ports.Statistics, Token) is { } servers
                && servers["primary"].Status.StartsWith("DRAIN", StringComparison.Ordinal));
            cut.Send(Signal.Interrupt);
            Assert.Equal(130, await cut.ExitCodeAsync(TestLab.Patience));
            Assert.Contains("./lab heal makes the lab whole again.", cut.StandardError.ToString(), StringComparison.Ordinal);
        }

        await WarrenContract.SucceedAsync(lab.RunAsync, "fault", "hand-over", "primary");
        Assert.Equal(["cluster_test\t0", "other\t0"], await QueuesAsync(lab, "primary"));
        Assert.Equal(["cluster_test\t2000", "other\t50"], await QueuesAsync(lab, "standby"));

        await WarrenContract.SucceedAsync(lab.RunAsync, "heal");
        await WarrenContract.WaitForStatusAsync(
            lab.RunAsync, Queue + @" +standby +primary +standby +running +0", @"other +standby +primary +standby +running +0");
        Assert.Equal(["cluster_test\t2000", "other\t50"], await QueuesAsync(lab, "primary"));
        Assert.Equal(processes, await WarrenContract.ProcessesAsync(lab.RunAsync));
    }

    [Fact]
    public async Task Status_says_when_both_have_clients()
    {
        await using var lab = new TestLab(topology: new Warren());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        var statistics = lab.Options.Ports.Statistics;

        await BalancerStatistics.TellAsync(statistics, "primary", BalancerStatistics.Drain, login: null, Token);
        await using var left = await ConnectAsync(lab.Cluster.Balancer);
        await BalancerStatistics.TellAsync(statistics, "primary", BalancerStatistics.Ready, login: null, Token);
        await using var moved = await ConnectAsync(lab.Cluster.Balancer);

        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"Both\s+sides\s+are\s+active");
        await BalancerStatistics.TellAsync(statistics, "standby", BalancerStatistics.Shutdown, login: null, Token);
        Assert.DoesNotContain("Both sides", (await lab.RunAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standby_that_does_not_start_is_named_with_what_it_said()
    {
        await using var lab = new TestLab();
        var folder = Directory.CreateTempSubdirectory("cluster-test-broken-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq-env"), "", Token);
            var script = Path.Combine(folder, "rabbitmq-server");
            await File.WriteAllTextAsync(script, "#!/bin/sh\necho 'this version cannot read what is there'\nexit 1\n", Token);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var up = await lab.RunAsync("up", "--topology", "warren", "--standby", script);

            Assert.Equal(2, up.ExitCode);
            Assert.Contains("standby", up.Error, StringComparison.Ordinal);
            Assert.Contains("this version cannot read what is there", up.Error, StringComparison.Ordinal);
            Assert.Empty(lab.Cluster.FindProcesses());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(AmqpAddress address, params (string Name, string Type, int Messages)[] queues)
    {
        await using var connection = await ConnectAsync(address);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Token);
        foreach (var (name, type, messages) in queues)
        {
            var arguments = new Dictionary<string, object?> { ["x-queue-type"] = type };
            _ = await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Token);
            var body = new byte[64];
            var properties = new BasicProperties { Persistent = true };
            await Task.WhenAll(Enumerable.Range(0, messages).Select(
                _ => channel.BasicPublishAsync("", name, mandatory: true, properties, body, Token).AsTask()));
        }
    }

    private static async Task<IEnumerable<string>> QueuesAsync(TestLab lab, string node) =>
        (await lab.RunAsync("ctl", node, "list_queues", "--quiet", "--no-table-headers", "name", "messages")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

    private static async Task CtlAsync(TestLab lab, string node, params string[] arguments)
    {
        var said = await lab.RunAsync(["ctl", node, .. arguments]);
        Assert.True(said.ExitCode is 0, string.Join(' ', arguments) + said.Output + said.Error);
    }

    private static Task<IConnection> ConnectAsync(AmqpAddress address) =>
        new ConnectionFactory { HostName = address.Host, Port = address.Port }.CreateConnectionAsync(Token);
}
