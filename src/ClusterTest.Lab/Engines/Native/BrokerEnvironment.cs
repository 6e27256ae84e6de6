using System.Collections;
using System.Globalization;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>
/// The environment of a node and of rabbitmqctl: the calling user's environment without the variables that would lead to another RabbitMQ.
/// </summary>
internal static class BrokerEnvironment
{
    private const string LoopbackOnly = "-kernel inet_dist_use_interface {127,0,0,1}";

    // Two schedulers a node. A scheduler without work looks for work for a moment before it sleeps: without that moment, waking it up for every
    // single file operation made nodes start half as fast (measured on a virtual machine).
    private const string VirtualMachine = "+S 2:2 +sbwt very_short +sbwtdio very_short";

    /// <summary>The environment of a node.</summary>
    internal static Dictionary<string, string?> ForNode(NativeLayout layout, NativePorts ports, string node, int index)
    {
        var environment = ForCtl(layout, ports, node);
        environment["RABBITMQ_DIST_PORT"] = (ports.FirstDistribution + index).ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_MNESIA_BASE"] = layout.DataOf(node);
        environment["RABBITMQ_LOG_BASE"] = layout.Logs;
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = $"{VirtualMachine} {LoopbackOnly}";
        environment["ERL_CRASH_DUMP"] = Path.Combine(layout.Logs, $"{node}.crash");

        // With these two, the start script becomes the Erlang VM instead of watching over it, and does not warn that there is no input.
        environment["RABBITMQ_ALLOW_INPUT"] = "1";
        environment["RABBITMQ_SERVER_START_ARGS"] = "-noinput";
        if (Directory.Exists(layout.BrokerScriptsOf(node)))
        {
            // The path is relative to the directory that the node starts in: the scripts do not understand a path with a space.
            environment["RABBITMQ_SCRIPTS_DIR"] = Path.GetRelativePath(layout.Root, layout.BrokerScriptsOf(node));
        }

        return environment;
    }

    /// <summary>The environment of rabbitmqctl.</summary>
    internal static Dictionary<string, string?> ForCtl(NativeLayout layout, NativePorts ports, string node)
    {
        var environment = Clean();
        environment["HOME"] = layout.Home;
        environment["LC_ALL"] = "C.UTF-8";
        environment["ERL_EPMD_PORT"] = ports.PortMapper.ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_NODENAME"] = $"{node}@localhost";

        // These name every file that nodes and rabbitmqctl would otherwise look for in /etc/rabbitmq, which belongs to the machine's own RabbitMQ.
        environment["RABBITMQ_CONF_ENV_FILE"] = layout.EnvironmentFile;
        environment["RABBITMQ_CONFIG_FILE"] = layout.BrokerConfigurationOf(node);
        environment["RABBITMQ_CONFIG_FILES"] = layout.MoreConfigurationOf(node);
        environment["RABBITMQ_ADVANCED_CONFIG_FILE"] = layout.AdvancedConfigurationOf(node);
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = layout.EnabledPlugins;

        environment["RABBITMQ_CTL_ERL_ARGS"] = LoopbackOnly;
        return environment;
    }

    /// <summary>An environment that removes the variables for the user's own RabbitMQ.</summary>
    internal static Dictionary<string, string?> Clean() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(static entry => (string)entry.Key)
            .Where(static name => name.StartsWith("RABBITMQ_", StringComparison.Ordinal) || name.StartsWith("ERL_", StringComparison.Ordinal))
            .ToDictionary(static name => name, static _ => (string?)null);
}
