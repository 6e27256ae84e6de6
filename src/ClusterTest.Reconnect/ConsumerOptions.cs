namespace ClusterTest.Reconnect;

/// <summary>How a <see cref="ClusterConsumer"/> consumes.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The default of <see cref="Prefetch"/>.</summary>
    public const ushort DefaultPrefetch = 100;

    /// <summary>The default of <see cref="PrefetchBytes"/>.</summary>
    public const long DefaultPrefetchBytes = 64 * 1024 * 1024;

    /// <summary>The default of <see cref="DeliveryLimit"/>.</summary>
    public const int DefaultDeliveryLimit = 15;

    /// <summary>The default of <see cref="IdleCheckInterval"/>.</summary>
    public static readonly TimeSpan DefaultIdleCheckInterval = TimeSpan.FromSeconds(3);

    /// <summary>Gets the cluster and the topology.</summary>
    public required ClusterOptions Cluster { get; init; }

    /// <summary>Gets the consumer tag.</summary>
    /// <value>The default is empty: the broker chooses a tag.</value>
    public string ConsumerTag { get; init; } = "";

    /// <summary>Gets how many unacknowledged messages the broker may deliver to each session.</summary>
    /// <value>The default is 100. The value 0, which would mean no limit, is not allowed.</value>
    public ushort Prefetch { get; init; } = DefaultPrefetch;

    /// <summary>
    /// Gets how many messages a session acks together at most, with one method (<c>basic.ack</c>, multiple). A session acks sooner when no other message is
    /// here, before it waits for a handler, when the handler has taken 5 ms, when a message is put back or parked, and when the session stops. While a
    /// message waits to be parked, each other message is acked by itself.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: a quarter of <see cref="Prefetch"/>, and at least 1. The value is 1 to <see cref="Prefetch"/>; with 1, each
    /// message is acked by itself. The messages that were handled and not acked come again when the connection is lost.
    /// </value>
    public int? AckBatch { get; init; }

    /// <summary>
    /// Gets how many bytes of bodies may wait in this process for the handler, or to be parked, over all sessions. Each session has an equal share. When the
    /// bodies of a session reach the share, the session reads nothing more from the broker until one of its messages is done.
    /// </summary>
    /// <value>
    /// The default is 64 MiB; at least 1. A message that is larger than the share is received alone. Even then the session reads one frame (128 KiB) in each
    /// heartbeat interval, so that it notices heartbeats and a loss of the connection.
    /// </value>
    public long PrefetchBytes { get; init; } = DefaultPrefetchBytes;

    /// <summary>
    /// Gets the durable queue for parked messages. The consumer declares the queue when it parks its first message, over a separate connection whose name
    /// is <see cref="ClusterOptions.ClientName"/> followed by <c> parking</c>.
    /// </summary>
    /// <value>The default is the consumed queue's name followed by <c>.parked</c>.</value>
    public string? ParkedQueue { get; init; }

    /// <summary>
    /// Gets how often a message may come back to its quorum queue unacknowledged (<see cref="Delivery.DeliveryCount"/>). A message that came back this
    /// often is parked, and the handler does not get it again.
    /// </summary>
    /// <value>
    /// The default is 15; at least 1. From RabbitMQ 4.0 on a quorum queue drops a message that came back more than 20 times, unless the queue
    /// has another limit ("Poison Message Handling" in RabbitMQ's guide to quorum queues). Choose a value well below the queue's limit, since a failure
    /// can interrupt parking, too. With <see cref="int.MaxValue"/> no message is parked for this reason.
    /// </value>
    public int DeliveryLimit { get; init; } = DefaultDeliveryLimit;

    /// <summary>
    /// Gets how long a session may be idle before it asks the broker whether the broker still serves its consumer. A session is idle while no message
    /// arrives and its handler has none. Of the idle sessions on one cluster one asks, again after every further interval; the others ask after ten
    /// intervals, or at once when an answer is not as it should be. If the queue is gone, or holds messages that the broker does not deliver, the session
    /// declares and consumes again. The session that asks also declares the binding again, in case somebody removed it. A session that gets nothing for
    /// 10 s while another session is busy consumes again without asking.
    /// </summary>
    /// <value>
    /// The default is 3 s. A question is one small method and its answer. A binding is also a small write to the brokers' metadata (Khepri or Mnesia), so
    /// choose a longer interval for many hundreds of idle consumers. The value is more than zero, or <see cref="Timeout.InfiniteTimeSpan"/>: then a session
    /// never asks, and relies on the broker to cancel the consumer of a deleted queue, which not every version always does. With
    /// <see cref="Topology.Predeclared"/> a session does not do any of this, whatever the value is: such a queue may serve one consumer alone.
    /// </value>
    public TimeSpan IdleCheckInterval { get; init; } = DefaultIdleCheckInterval;

    /// <summary>
    /// Gets the observer of messages that were parked, with the reason: the handler decided so or threw, or the message reached the
    /// <see cref="DeliveryLimit"/>. The observer is called after the parked queue has taken the message and before the original is acked. Calls of one
    /// session come one at a time, but the handler can run at the same time.
    /// </summary>
    public Action<Delivery, string>? OnParked { get; init; }

    /// <summary>
    /// Gets the observer of messages that cannot be parked, with the reason. Such messages stay in their queue, unacked until their channel ends. A
    /// <see cref="FailureSeverity.Fatal"/> failure concerns the parked queue: it ends the consumer after the handler has finished the other messages that
    /// the consumer was given. The observer is not called for failures that pass (a full parked queue, an alarm, a lost connection): the consumer waits
    /// for their end. Calls for different messages can run at the same time.
    /// </summary>
    public Action<Delivery, Failure>? OnNotParked { get; init; }

    internal string ParkedQueueName => ParkedQueue ?? Cluster.Topology.Queue + ".parked";

    internal int AckBatchSize => AckBatch ?? Math.Max(1, Prefetch / 4);

    internal long SessionPrefetchBytes => Math.Max(1, PrefetchBytes / Cluster.Sessions);

    internal void Validate()
    {
        Cluster.Validate();
        ArgumentOutOfRangeException.ThrowIfZero(Prefetch, nameof(Prefetch));
        ArgumentOutOfRangeException.ThrowIfLessThan(AckBatchSize, 1, nameof(AckBatch));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AckBatchSize, Prefetch, nameof(AckBatch));
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefetchBytes, 1, nameof(PrefetchBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(DeliveryLimit, 1, nameof(DeliveryLimit));
        if (IdleCheckInterval != Timeout.InfiniteTimeSpan)
        {
            ClusterOptions.ThrowUnlessTimerTakes(IdleCheckInterval, nameof(IdleCheckInterval));
        }

        Topology.ThrowUnlessShortString(ConsumerTag, nameof(ConsumerTag), mayBeEmpty: true);
        Topology.ThrowUnlessShortString(ParkedQueueName, nameof(ParkedQueue));
        if (ParkedQueueName == Cluster.Topology.Queue)
        {
            throw new ArgumentException("A message cannot be parked in the queue that it comes from.", nameof(ParkedQueue));
        }
    }
}
