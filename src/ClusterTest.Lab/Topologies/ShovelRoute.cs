namespace ClusterTest.Lab.Topologies;

/// <summary>The way of a Shovel, RabbitMQ's plugin that takes messages from a queue and publishes them elsewhere, to a queue of the same name.</summary>
/// <param name="Source">The group that the messages are taken from. The Shovel runs on a node of this group.</param>
/// <param name="Destination">The node that the messages are published to.</param>
/// <param name="IsOverLink">Whether the Shovel connects to the destination through the lab's link, instead of directly.</param>
public sealed record ShovelRoute(string Source, string Destination, bool IsOverLink = false)
{
    /// <summary>The name of the plugin.</summary>
    internal const string Plugin = "rabbitmq_shovel";
}
