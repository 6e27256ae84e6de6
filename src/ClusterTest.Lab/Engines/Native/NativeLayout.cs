using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>The paths of the files of a native lab.</summary>
internal sealed class NativeLayout(string root) : LabLayout(root)
{
    internal string Home => Path.Combine(Root, LabNames.Home);

    internal string EnvironmentFile => Path.Combine(Home, "rabbitmq-env.conf");

    internal string EnabledPlugins => Path.Combine(Home, "enabled_plugins");

    internal string BrokerViewOf(string node) => Path.Combine(Root, LabNames.Broker, node);

    internal string BrokerScriptsOf(string node) => Path.Combine(BrokerViewOf(node), "sbin");

    internal string BrokerConfigurationOf(string node) => Path.Combine(Root, node, "rabbitmq.conf");

    internal string AdvancedConfigurationOf(string node) => Path.Combine(Root, node, "advanced.config");

    /// <summary>A directory that stays empty: the node looks into it instead of into the machine's own /etc/rabbitmq/conf.d.</summary>
    internal string MoreConfigurationOf(string node) => Path.Combine(Root, node, "conf.d");

    internal string DataOf(string node) => Path.Combine(Root, node, "data");

    /// <summary>Writes every file that the nodes read.</summary>
    internal void Write(NativeClusterOptions options)
    {
        _ = Directory.CreateDirectory(Home);
        BrokerConfiguration.WriteCookie(Home);
        File.WriteAllText(EnvironmentFile, "");
        File.WriteAllText(EnabledPlugins, $"[{string.Join(',', options.Topology.Plugins)}].\n");
        foreach (var (index, broker) in options.Topology.Brokers.Index())
        {
            var node = broker.Name;
            _ = Directory.CreateDirectory(DataOf(node));
            _ = Directory.CreateDirectory(MoreConfigurationOf(node));
            File.WriteAllText(AdvancedConfigurationOf(node), BrokerConfiguration.Advanced);
            var configuration = BrokerConfiguration.Render(
                node,
                SeedOf(broker, options.Topology),
                options.Ports.FirstNode + index,
                options.Secure ? new LabSecrets(Secrets) : null,
                BrokerVersion.Of(options.BrokerProgramOf(node)),
                options.AdditionalBrokerConfiguration);
            File.WriteAllText(BrokerConfigurationOf(node), configuration);
            _ = BrokerHome.Create(options.BrokerProgramOf(node), options.Topology.Plugins, BrokerViewOf(node));
        }
    }

    // The first node of the group, which the other nodes join.
    private static string SeedOf(Broker broker, Topology topology) => topology.Brokers.First(other => other.Group == broker.Group).Name;
}
