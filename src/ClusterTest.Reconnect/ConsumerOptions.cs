namespace ClusterTest.Reconnect;

/// <summary>How a <see cref="ClusterConsumer"/> consumes.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The default of <see cref="Prefetch"/>.</summary>
    public const ushort DefaultPrefetch = 100;

    /// <summary>Gets the cluster and the topology.</summary>
    public required ClusterOptions Cluster { get; init; }

    /// <summary>Gets the consumer tag.</summary>
    /// <value>The default, an empty one, lets the broker choose.</value>
    public string ConsumerTag { get; init; } = "";

    /// <summary>Gets how many unacknowledged messages the broker may hand to each session.</summary>
    /// <value>The default is 100; never 0, which would be no limit.</value>
    public ushort Prefetch { get; init; } = DefaultPrefetch;

    /// <summary>Gets the durable queue that takes parked messages; it is declared when the first one is parked.</summary>
    /// <value>The default is the consumed queue's name followed by <c>.parked</c>.</value>
    public string? ParkedQueue { get; init; }

    internal string ParkedQueueName => ParkedQueue ?? Cluster.Topology.Queue + ".parked";

    internal void Validate()
    {
        Cluster.Validate();
        ArgumentOutOfRangeException.ThrowIfZero(Prefetch, nameof(Prefetch));
        Topology.ThrowUnlessShortString(ConsumerTag, nameof(ConsumerTag), mayBeEmpty: true);
        Topology.ThrowUnlessShortString(ParkedQueueName, nameof(ParkedQueue));
        if (ParkedQueueName == Cluster.Topology.Queue)
        {
            throw new ArgumentException("A message cannot be parked in the queue that it comes from.", nameof(ParkedQueue));
        }
    }
}
