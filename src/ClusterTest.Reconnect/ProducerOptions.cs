namespace ClusterTest.Reconnect;

/// <summary>How a <see cref="ClusterProducer"/> publishes.</summary>
public sealed record ProducerOptions
{
    /// <summary>The default of <see cref="Window"/>.</summary>
    public const int DefaultWindow = 1024;

    /// <summary>The default of <see cref="WindowBytes"/>.</summary>
    public const long DefaultWindowBytes = 64 * 1024 * 1024;

    /// <summary>The default of <see cref="PublishTimeout"/>.</summary>
    public static readonly TimeSpan DefaultPublishTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Gets the cluster and the topology.</summary>
    public required ClusterOptions Cluster { get; init; }

    /// <summary>Gets how many messages may be unconfirmed at the same time, over all sessions.</summary>
    /// <value>
    /// The default is 1,024; 1 to 1,000,000. Each session has an equal share: with two sessions, half.
    /// </value>
    public int Window { get; init; } = DefaultWindow;

    /// <summary>
    /// Gets how many bytes of messages, with their properties, may be unconfirmed at the same time, over all sessions. The client library queues up to 128
    /// whole messages before the socket. Without this limit large messages would wait in that queue for a slow link, and no other session could publish
    /// them.
    /// </summary>
    /// <value>The default is 64 MiB; at least 1. A message that is larger is published alone.</value>
    public long WindowBytes { get; init; } = DefaultWindowBytes;

    /// <summary>Gets how long a message may wait for its confirm, counted from the call and over any number of reconnects.</summary>
    /// <value>The default is 30 s.</value>
    public TimeSpan PublishTimeout { get; init; } = DefaultPublishTimeout;

    internal void Validate()
    {
        Cluster.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1, nameof(Window));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Window, 1_000_000, nameof(Window));
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowBytes, 1, nameof(WindowBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PublishTimeout, TimeSpan.Zero, nameof(PublishTimeout));
    }
}
