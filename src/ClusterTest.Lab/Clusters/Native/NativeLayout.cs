namespace ClusterTest.Lab.Clusters.Native;

/// <summary>Where a native cluster keeps its files.</summary>
internal sealed class NativeLayout(string root) : LabLayout(root)
{
    internal string Home => Path.Combine(Root, "home");

    internal string EnvironmentFile => Path.Combine(Root, "home", "rabbitmq-env.conf");

    internal string EnabledPlugins => Path.Combine(Root, "home", "enabled_plugins");

    internal string BrokerView => Path.Combine(Root, "broker");

    internal string BrokerScripts => Path.Combine(BrokerView, "sbin");

    internal string BrokerConfigurationOf(string node) => Path.Combine(Root, node, "rabbitmq.conf");

    internal string AdvancedConfigurationOf(string node) => Path.Combine(Root, node, "advanced.config");

    internal string DataOf(string node) => Path.Combine(Root, node, "data");

    /// <summary>Writes every file that the nodes read.</summary>
    internal void Write(NativeClusterOptions options)
    {
        _ = Directory.CreateDirectory(Home);
        BrokerConfiguration.WriteCookie(Home);
        File.WriteAllText(EnvironmentFile, "");
        File.WriteAllText(EnabledPlugins, "[].\n");
        foreach (var (index, node) in LabCluster.NodeNames.Index())
        {
            _ = Directory.CreateDirectory(DataOf(node));
            File.WriteAllText(AdvancedConfigurationOf(node), BrokerConfiguration.Advanced);
            File.WriteAllText(
                BrokerConfigurationOf(node),
                BrokerConfiguration.Render(node, LabCluster.NodeNames[0], options.Ports.FirstNode + index, options.Secure ? new LabSecrets(Secrets) : null, options.AdditionalBrokerConfiguration));
        }

        _ = BrokerHome.Create(options.BrokerProgram, BrokerView);
        SavePorts(options.Ports);
    }
}
