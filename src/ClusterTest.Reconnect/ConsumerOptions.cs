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
    /// <value>The default, an empty one, lets the broker choose.</value>
    public string ConsumerTag { get; init; } = "";

    /// <summary>Gets how many unacknowledged messages the broker may hand to each session.</summary>
    /// <value>The default is 100; never 0, which would be no limit.</value>
    public ushort Prefetch { get; init; } = DefaultPrefetch;

    /// <summary>
    /// Gets how many bytes of bodies may wait here for the handler, or to be parked, over all sessions: each has its share. When they are reached, nothing
    /// more is read from the broker until one is done.
    /// </summary>
    /// <value>
    /// The default is 64 MiB; at least 1. A message that is larger is received alone. While nothing is read, one frame (128 KiB) still is in
    /// each heartbeat interval, so that the connection is seen to live.
    /// </value>
    public long PrefetchBytes { get; init; } = DefaultPrefetchBytes;

    /// <summary>
    /// Gets the durable queue that takes parked messages; it is declared when the first one is parked, over a connection of its own, whose name is
    /// <see cref="ClusterOptions.ClientName"/> followed by <c> parking</c>.
    /// </summary>
    /// <value>The default is the consumed queue's name followed by <c>.parked</c>.</value>
    public string? ParkedQueue { get; init; }

    /// <summary>
    /// Gets how often a message may come back to its quorum queue unacknowledged (<see cref="Delivery.DeliveryCount"/>). One that came back so
    /// often is parked and not handed to the handler any more.
    /// </summary>
    /// <value>
    /// The default is 15; at least 1. From RabbitMQ 4.0 on a quorum queue drops a message that came back more than 20 times, unless the queue
    /// has another limit ("Poison Message Handling" in RabbitMQ's guide to quorum queues): stay well below it, since parking can meet
    /// a failure, too. <see cref="int.MaxValue"/> leaves every message to the handler and the broker.
    /// </value>
    public int DeliveryLimit { get; init; } = DefaultDeliveryLimit;

    /// <summary>
    /// Gets how long a session may have no message, neither coming nor with its handler, before it asks the broker whether it still consumes; it
    /// asks again after every further interval. If the queue is gone, or keeps messages that nobody brings, it declares and consumes anew. It also
    /// declares its binding again, which may have gone, unless <see cref="Topology.Predeclared"/> is set. A session that gets nothing for 10 s while
    /// another one is busy consumes anew without asking, unless the topology is predeclared: such a queue may serve one consumer alone.
    /// </summary>
    /// <value>
    /// The default is 3 s. To ask is a small method and its answer; to bind is a small write to the brokers' metadata as well (Khepri, or Mnesia), so many
    /// hundreds of idle sessions should ask more seldom. More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>: it never asks, and relies
    /// on the broker to cancel the consumer of a queue that is deleted, which not every version always does. With
    /// <see cref="Topology.Predeclared"/> nothing is asked, whatever this is.
    /// </value>
    public TimeSpan IdleCheckInterval { get; init; } = DefaultIdleCheckInterval;

    /// <summary>
    /// Gets the observer of messages that were parked, with the reason: because the handler said so or threw, or because of the
    /// <see cref="DeliveryLimit"/>. It is called when the parked queue has the message, and before that is acked; once at a time in each
    /// session, but a handler can be at work beside it.
    /// </summary>
    public Action<Delivery, string>? OnParked { get; init; }

    /// <summary>
    /// Gets the observer of messages that cannot be parked, with the reason. They stay in their queue, unacked for as long as their channel
    /// lives. A failure that is <see cref="FailureSeverity.Fatal"/> is the parked queue's, and ends the consumer once it has had the other messages
    /// handled that it was given. What passes (a full parked queue, an alarm, a lost connection) is waited for and not told here. It is called once
    /// at a time for a message, and for several at the same time.
    /// </summary>
    public Action<Delivery, Failure>? OnNotParked { get; init; }

    internal string ParkedQueueName => ParkedQueue ?? Cluster.Topology.Queue + ".parked";

    internal long SessionPrefetchBytes => Math.Max(1, PrefetchBytes / Cluster.Sessions);

    internal void Validate()
    {
        Cluster.Validate();
        ArgumentOutOfRangeException.ThrowIfZero(Prefetch, nameof(Prefetch));
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
