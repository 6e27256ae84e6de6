namespace ClusterTest.Lab.Brokers;

/// <summary>The command line tools of RabbitMQ that the lab uses.</summary>
internal static class BrokerTool
{
    /// <summary>The tool for nearly everything.</summary>
    internal const string Ctl = "rabbitmqctl";

    /// <summary>The tool that puts a node under maintenance.</summary>
    internal const string Upgrade = "rabbitmq-upgrade";
}
