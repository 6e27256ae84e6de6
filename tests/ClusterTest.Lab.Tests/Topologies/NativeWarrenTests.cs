using System.Text.Json;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;
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

    private static async Task CtlAsync(TestLab lab, string node, params string[] arguments)
    {
        var said = await lab.RunAsync(["ctl", node, .. arguments]);
        Assert.True(said.ExitCode is 0, string.Join(' ', arguments) + said.Output + said.Error);
    }

    private static Task<IConnection> ConnectAsync(AmqpAddress address) =>
        new ConnectionFactory { HostName = address.Host, Port = address.Port }.CreateConnectionAsync(Token);
}
