namespace ClusterTest.Lab.Clusters;

/// <summary>Where a native cluster keeps its files.</summary>
internal sealed class NativeLayout(string root)
{
    internal string Root => root;

    /// <summary>Kept by <c>down</c>, for whoever wants to read what happened.</summary>
    internal string Logs => Path.Combine(root, "logs");

    internal string LockFile => Path.Combine(root, "lock");

    /// <summary>Exists from the end of a successful start to the beginning of its end.</summary>
    internal string UpFile => Path.Combine(root, "up");

    /// <summary>
    /// Holds the name of a fault of a node or of the balancer from its beginning until it has taken effect, or, if nothing but a
    /// new process undoes it, until it is healed. A fault that was cut short leaves it: how far that got, or goes on, nobody knows.
    /// </summary>
    internal string FaultMarkOf(string role) => Path.Combine(root, $"{role}.fault");

    internal string Home => Path.Combine(root, "home");

    internal string EnvironmentFile => Path.Combine(root, "home", "rabbitmq-env.conf");

    internal string EnabledPlugins => Path.Combine(root, "home", "enabled_plugins");

    internal string BrokerView => Path.Combine(root, "broker");

    internal string BrokerScripts => Path.Combine(BrokerView, "sbin");

    internal string LogOf(string role) => Path.Combine(Logs, $"{role}.log");

    internal string BrokerConfigurationOf(string node) => Path.Combine(root, node, "rabbitmq.conf");

    internal string AdvancedConfigurationOf(string node) => Path.Combine(root, node, "advanced.config");

    internal string DataOf(string node) => Path.Combine(root, node, "data");

    /// <summary>Removes everything but the logs and the lock.</summary>
    internal void RemoveData()
    {
        File.Delete(UpFile);
        foreach (var directory in Directory.EnumerateDirectories(root).Where(directory => directory != Logs))
        {
            Directory.Delete(directory, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(root).Where(file => file != LockFile))
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes every file that the nodes read.</summary>
    internal void Write(NativeClusterOptions options)
    {
        _ = Directory.CreateDirectory(Logs);
        foreach (var log in Directory.EnumerateFiles(Logs))
        {
            File.Delete(log);
        }

        _ = Directory.CreateDirectory(Home);
        BrokerConfiguration.WriteCookie(Home);
        File.WriteAllText(EnvironmentFile, "");
        File.WriteAllText(EnabledPlugins, "[].\n");
        foreach (var (index, node) in NativeCluster.NodeNames.Index())
        {
            _ = Directory.CreateDirectory(DataOf(node));
            File.WriteAllText(AdvancedConfigurationOf(node), BrokerConfiguration.Advanced);
            File.WriteAllText(
                BrokerConfigurationOf(node),
                BrokerConfiguration.Render(node, NativeCluster.NodeNames[0], options.Ports.FirstNode + index, options.AdditionalBrokerConfiguration));
        }

        _ = BrokerHome.Create(options.BrokerProgram, BrokerView);
        options.SavePorts();
    }
}
