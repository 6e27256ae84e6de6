using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Tests that the machine's own configuration, or an unusual path, does not affect a lab.</summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ForeignConfigurationTests
{
    // In its own mount namespace, the test replaces the machine's /etc/rabbitmq, and no other process sees that.
    private const string Poisoned = """mount --bind "$0" /etc/rabbitmq && exec "$@" """;

    public static bool IsRoot => Environment.UserName is "root";

    [Fact(Skip = "Only root can mount another /etc/rabbitmq.", SkipUnless = nameof(IsRoot))]
    public async Task Neither_a_space_in_the_path_nor_the_machines_own_configuration_reaches_the_nodes()
    {
        await using var lab = new TestLab("test with a space ");
        using var poison = Poison();

        await using (var up = lab.StartBy("/usr/bin/unshare", ["--mount", "sh", "-c", Poisoned, poison.Path], "up", "--secure"))
        {
            Assert.True(await up.ExitCodeAsync(TestLab.Patience) is 0, $"{up.StandardError}");
        }

        var users = await lab.RunAsync("ctl", "rabbit2", "list_users");
        var reports = poison.Sibling("reports");
        var drill = await lab.RunAsync("drill", "--faults", "restart", "--nodes", "rabbit2", "--rate", "50", "--hold", "300ms", "--report", reports);
        var down = await lab.RunAsync("down");

        Assert.Contains("cluster_test", users.Output, StringComparison.Ordinal);
        Assert.True(drill.ExitCode is 0, drill.Output + drill.Error);
        Assert.Equal(0, down.ExitCode);
        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact]
    public async Task A_node_that_left_the_cluster_is_told_and_a_drill_on_it_is_invalid()
    {
        await using var lab = new TestLab();
        Assert.Equal(0, (await lab.RunAsync("up")).ExitCode);
        foreach (var command in new[] { "stop_app", "reset", "start_app" })
        {
            // The first node looks for no other node, and so it stays alone.
            var done = await lab.RunAsync("ctl", "rabbit1", command);
            Assert.True(done.ExitCode is 0, done.Error);
        }

        await Eventually.TrueAsync(async () =>
            (await lab.Cluster.GetStatusAsync(TestContext.Current.CancellationToken)).Nodes.All(static node => node.IsHealthy));
        var status = await lab.RunAsync("status");
        var up = await lab.RunAsync("up");
        var drill = await lab.RunAsync("drill", "--faults", "stop-app");

        Assert.Matches("rabbit1 .* in another cluster .* UP", status.Output);
        Assert.Contains("rabbit1 is in another cluster (rabbit1@", status.Output, StringComparison.Ordinal);
        Assert.Contains("not one cluster", up.Output, StringComparison.Ordinal);
        Assert.Equal(2, drill.ExitCode);
        Assert.Contains("rabbit1 is in another cluster", drill.Error, StringComparison.Ordinal);
    }

    private static StateDirectory Poison()
    {
        var poison = new StateDirectory();
        poison.Write("rabbitmq.conf", "no_such_setting = 1\n");
        poison.Write("conf.d/99-more.conf", "no_such_setting = 1\n");
        poison.Write("advanced.config", "this is not Erlang");
        poison.Write("enabled_plugins", "[rabbitmq_no_such_plugin].\n");
        poison.Write("rabbitmq-env.conf", "exit 1\n");
        return poison;
    }
}
