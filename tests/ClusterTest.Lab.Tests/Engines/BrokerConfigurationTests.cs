using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

public sealed class BrokerConfigurationTests
{
    [Fact]
    public void The_first_node_knows_no_other_and_so_starts_alone()
    {
        var configuration = BrokerConfiguration.Render("rabbit1", "rabbit1", 5681, secrets: null, version: null, "");

        Assert.Contains("cluster_formation.classic_config.nodes.1 = rabbit1@localhost", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("nodes.2", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_node_joins_the_first()
    {
        var configuration = BrokerConfiguration.Render("rabbit3", "rabbit1", 5683, secrets: null, version: null, "");

        Assert.Contains("cluster_formation.classic_config.nodes.1 = rabbit1@localhost", configuration, StringComparison.Ordinal);
        Assert.Contains("cluster_formation.classic_config.nodes.2 = rabbit3@localhost", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_listen_on_loopback_alone() =>
        Assert.Contains(
            "listeners.tcp.1 = 127.0.0.1:5682",
            BrokerConfiguration.Render("rabbit2", "rabbit1", 5682, secrets: null, version: null, ""),
            StringComparison.Ordinal);

    [Fact]
    public void Additional_lines_come_last() =>
        Assert.EndsWith(
            "consumer_timeout = 1000",
            BrokerConfiguration.Render("rabbit1", "rabbit1", 5681, secrets: null, version: null, "consumer_timeout = 1000").TrimEnd(),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("3.8.9", true)]
    [InlineData("3.10.8", false)] // does not need the setting, and warns
    [InlineData("4.0.5", false)] // does not start with the setting
    [InlineData("4.3.6", false)]
    [InlineData(null, false)]
    public void A_random_delay_is_forbidden_only_to_versions_that_would_wait(string? version, bool written)
    {
        var configuration = BrokerConfiguration.Render("rabbit1", "rabbit1", 5681, secrets: null, version is null ? null : Version.Parse(version), "");

        Assert.Equal(written, configuration.Contains("randomized_startup_delay_range", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{application, 'rabbit', [{description, "RabbitMQ"}, {vsn, "4.3.6"}, {id, "v4.3.6"}]}.""", "4.3.6")]
    [InlineData("""{application,rabbit,[{vsn,"3.13.0-rc.2"}]}.""", "3.13.0")]
    [InlineData("{application, rabbit, []}.", null)]
    public void The_version_is_read_from_a_resource_file(string resourceFile, string? version) =>
        Assert.Equal(version is null ? null : Version.Parse(version), BrokerVersion.VersionIn(resourceFile));

    [Fact]
    public void Nothing_is_looked_for_where_the_machines_own_broker_has_its_configuration()
    {
        var layout = new NativeLayout("/a folder/lab");
        var environment = BrokerEnvironment.ForNode(layout, new NativePorts(), "rabbit1", 0);

        foreach (var name in new[] { "CONF_ENV_FILE", "CONFIG_FILE", "CONFIG_FILES", "ADVANCED_CONFIG_FILE", "ENABLED_PLUGINS_FILE" })
        {
            Assert.StartsWith("/a folder/lab/", environment[$"RABBITMQ_{name}"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_broker_is_named_by_its_script_or_by_the_folder_that_it_is_installed_in()
    {
        var installation = Directory.CreateTempSubdirectory();
        var script = Path.Combine(installation.CreateSubdirectory("sbin").FullName, "rabbitmq-server");
        File.WriteAllText(script, "");

        Assert.Equal(script, NativeClusterOptions.BrokerProgramAt(script));
        Assert.Equal(script, NativeClusterOptions.BrokerProgramAt(installation.FullName));
        Assert.Equal("/nowhere", NativeClusterOptions.BrokerProgramAt("/nowhere"));

        installation.Delete(recursive: true);
    }

    [Fact]
    public void Needed_applications_are_read_from_a_resource_file() =>
        Assert.Equal(
            ["kernel", "stdlib", "amqp10_common"],
            BrokerHome.ApplicationsIn("""{application, rabbit, [{vsn,"1"}, {applications, [kernel,stdlib,amqp10_common]}]}."""));

    [Fact]
    public void All_ports_move_with_the_balancers()
    {
        var moved = NativePorts.FromBase(NativePorts.DefaultBase + 1000).All(TopologyList.Default).Select(static port => port.Port - 1000);

        Assert.Equal(new NativePorts().All(TopologyList.Default).Select(static port => port.Port), moved);
    }
}
