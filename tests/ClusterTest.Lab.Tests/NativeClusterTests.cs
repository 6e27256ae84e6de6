using System.Net;
using System.Net.Sockets;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class NativeClusterTests
{
    [Fact]
    public async Task Comes_up_tells_its_state_breaks_heals_and_goes_down()
    {
        await using var lab = new TestLab();

        var publicBefore = SecureLab.PublicListeners();
        var up = await lab.RunAsync("up");
        Assert.Equal((0, ""), (up.ExitCode, up.Error));
        Assert.Empty(SecureLab.PublicListeners().Except(publicBefore));

        var again = await lab.RunAsync("up");
        Assert.Equal((0, $"The lab is up already. Clients connect to localhost:{TestLab.PortBase}."), (again.ExitCode, again.Output));

        var ctl = await lab.RunAsync("ctl", "rabbit2", "eval", "node().");
        Assert.Equal((0, "rabbit2@localhost"), (ctl.ExitCode, ctl.Output.Trim()));
        Assert.Equal(64, (await lab.RunAsync("ctl", "rabbit2", "no_such_command", "--verbose")).ExitCode); // rabbitmqctl's own exit code

        Assert.Equal(0, (await lab.RunAsync("fault", "stop-app", "rabbit1")).ExitCode);
        Assert.Equal(0, (await lab.RunAsync("fault", "freeze", "rabbit2")).ExitCode);
        Assert.Equal(0, (await lab.RunAsync("fault", "kill", "rabbit3")).ExitCode);
        var broken = await lab.Cluster.GetStatusAsync(TestContext.Current.CancellationToken);
        Assert.Equal([NodeState.AppStopped, NodeState.Frozen, NodeState.Down], broken.Nodes.Select(static node => node.State));
        Assert.Contains("rabbit1 app stopped, rabbit2 frozen, rabbit3 down. ./lab heal", (await lab.RunAsync("up")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await lab.RunAsync("heal")).ExitCode);
        Assert.True((await lab.Cluster.GetStatusAsync(TestContext.Current.CancellationToken)).IsHealthy);
        var table = await lab.RunAsync("status");
        Assert.All(lab.Cluster.Nodes, node => Assert.Matches($@"{node.Name} +127\.0\.0\.1:\d+ +\d+\.\d+\.\d+ +running +UP \(L7OK\) +0", table.Output));

        var down = await lab.RunAsync("down");
        Assert.StartsWith("Down.", down.Output, StringComparison.Ordinal);
        Assert.Empty(lab.Cluster.FindProcesses());
        Assert.Equal("Nothing was running.", (await lab.RunAsync("down")).Output);
    }

    [Fact]
    public async Task Clients_that_come_and_go_fail_no_fault_that_closes_their_connections()
    {
        await using var lab = new TestLab();
        Assert.Equal(0, (await lab.RunAsync("up")).ExitCode);
        var status = await lab.Cluster.GetStatusAsync(TestContext.Current.CancellationToken);
        var address = Assert.IsType<AmqpAddress>(status.Nodes[0].Address);
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 20).Select(_ => Task.Run(() => ComeAndGoAsync(address, end.Token), CancellationToken.None)).ToArray();

        Assert.Equal((0, ""), await FaultAsync("close-connections"));
        Assert.Equal((0, ""), await FaultAsync("drain"));

        await end.CancelAsync();
        await Task.WhenAll(clients);

        async Task<(int ExitCode, string Error)> FaultAsync(string fault)
        {
            var run = await lab.RunAsync("fault", fault, "rabbit1");
            return (run.ExitCode, run.Error);
        }
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_up_leaves_nothing_running()
    {
        await using var lab = new TestLab();
        await using var up = lab.Start("up");
        await up.StandardOutput.WaitForLineAsync(
            static line => line.Contains("rabbit1", StringComparison.Ordinal) && line.Contains("running", StringComparison.Ordinal),
            timeout: TestLab.Patience);

        up.Send(Signal.Interrupt);

        Assert.Equal(130, await up.ExitCodeAsync(TestLab.Patience));
        Assert.Equal(["Interrupted. This command has ended everything that it had started."], up.StandardError);
        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact]
    public async Task Down_finds_what_runs_also_when_the_state_directory_was_removed()
    {
        await using var lab = new TestLab();
        await using var orphan = ProgramUnderTest.Start("/bin/sleep", ["600"], new Dictionary<string, string?>
        {
            [LabProcesses.LabVariable] = lab.Options.StateDirectory,
            [LabProcesses.RoleVariable] = "rabbit1",
        });

        Assert.StartsWith("Down.", (await lab.RunAsync("down")).Output, StringComparison.Ordinal);

        Assert.Empty(lab.Cluster.FindProcesses());
        Assert.NotEqual(0, await orphan.ExitCodeAsync(TestLab.Patience));
    }

    [Fact]
    public async Task Down_finds_what_a_killed_up_has_left()
    {
        await using var lab = new TestLab();
        await using var up = lab.Start("up");
        await up.StandardOutput.WaitForLineAsync(static line => line.StartsWith("Starting", StringComparison.Ordinal), timeout: TestLab.Patience);
        await Eventually.TrueAsync(() => lab.Cluster.FindProcesses().Any(static process => process.Name is "beam.smp"));
        await up.DisposeAsync();

        Assert.Contains("not up", (await lab.RunAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await lab.RunAsync("down")).ExitCode);

        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact]
    public async Task A_node_that_does_not_start_shows_its_last_log_lines_and_leaves_nothing_running()
    {
        await using var lab = new TestLab();
        var cluster = new LabCluster(lab.Options with { AdditionalBrokerConfiguration = "no_such_setting = 1" });

        var failure = await Assert.ThrowsAsync<LabException>(() => cluster.UpAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("rabbit1 does not start. The last lines of ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no_such_setting", failure.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.FindProcesses());
    }

    [Fact]
    public async Task A_port_in_use_is_told_before_anything_is_started()
    {
        await using var lab = new TestLab();
        var port = lab.Options.Ports.FirstNode + 1;
        using var occupant = new TcpListener(IPAddress.Loopback, port);
        occupant.Start();

        var up = await lab.RunAsync("up");

        Assert.Equal((2, ""), (up.ExitCode, up.Output));
        Assert.StartsWith($"Port {port}, needed for rabbit2, is in use by ", up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_packages_are_named_with_what_to_do()
    {
        await using var lab = new TestLab();
        var cluster = new LabCluster(lab.Options with { BrokerProgram = "/nowhere/rabbitmq-server" });

        var failure = await Assert.ThrowsAsync<LabException>(() => cluster.UpAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("Not installed: /nowhere/rabbitmq-server. --broker takes the folder of an installation", failure.Message, StringComparison.Ordinal);

        await using var program = ProgramUnderTest.Start(
            "cluster-test-lab",
            ["up", "--engine", "native", "--state-dir", lab.Options.StateDirectory],
            new Dictionary<string, string?> { ["PATH"] = "/nowhere" });

        Assert.Equal(2, await program.ExitCodeAsync(TestLab.Patience));
        Assert.Matches("^Not installed: .*epmd.* Run eng/provision, or as root: apt-get install rabbitmq-server haproxy", program.StandardError.ToString());
    }

    [Theory]
    [InlineData("ctl", "rabbit1", "status")]
    [InlineData("fault", "kill", "rabbit1")]
    [InlineData("heal")]
    public async Task What_needs_a_running_lab_says_so(params string[] arguments)
    {
        await using var lab = new TestLab();

        var result = await lab.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.EndsWith("is not up. Start it with ./lab up.", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Connects, waits for the node's first octets, and disconnects, as the balancer's health check does.</summary>
    private static async Task ComeAndGoAsync(AmqpAddress address, CancellationToken cancellationToken)
    {
        var greeting = new byte[8];
        while (!cancellationToken.IsCancellationRequested)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(address.Host, address.Port, CancellationToken.None);
                await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), CancellationToken.None);
                _ = await client.GetStream().ReadAsync(greeting, CancellationToken.None);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // The node is drained, or has closed this connection.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10)), TimeProvider.System, CancellationToken.None);
        }
    }
}
