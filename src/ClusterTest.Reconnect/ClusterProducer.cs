using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect;

/// <summary>
/// Publishes to a cluster, also while nodes fail. A publish completes when the broker has confirmed the message and a queue has taken it. Messages
/// that were unconfirmed when their connection was lost are published again, in order, with the same message ids.
/// </summary>
/// <example>
/// <code>
/// await using var producer = ClusterProducer.Start(options);
/// var result = await producer.PublishAsync(new OutgoingMessage { Body = "hello"u8.ToArray() });
/// if (!result.IsConfirmed) { … }
/// </code>
/// </example>
public sealed class ClusterProducer : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProducerOptions _options;
    private readonly Outbox _outbox;
    private readonly SessionGroup _sessions;
    private readonly ITimer _ticking;
    private readonly Task _failure;

    private ClusterProducer(ProducerOptions options)
    {
        _options = options;
        var cluster = options.Cluster;
        _outbox = new Outbox(
            options.Window,
            options.PublishTimeout,
            cluster.TimeProvider,
            (outcome, latency) => ClusterMetrics.Sent(cluster, outcome, latency),
            options.WindowBytes,
            () => ClusterMetrics.Republish(cluster));
        _ticking = cluster.TimeProvider.CreateTimer(static state => ((Outbox)state!).Tick(), _outbox, TickInterval, TickInterval);
        _sessions = new SessionGroup(
            cluster,
            new GuardedLogger(cluster.LoggerFactory.CreateLogger<ClusterProducer>()),
            (context, link, number, token) => ProducerGeneration.StartAsync(context, link, number, _outbox, token));
        ClusterMetrics.Add(_outbox, cluster, () => _outbox.Statistics);
        _failure = ShutOnceEndedAsync();
    }

    /// <summary>
    /// Gets a task that completes when the producer has stopped. The task fails with a <see cref="ClusterException"/> when the producer had to
    /// give up.
    /// </summary>
    public Task Completion => _sessions.Completion;

    /// <summary>Gets the counts since the start.</summary>
    public ProducerStatistics Statistics => _outbox.Statistics;

    /// <summary>
    /// Starts a producer. This method returns before the producer is connected. A first attempt to connect that fails is retried like any other.
    /// </summary>
    /// <param name="options">The cluster, the topology, and how to publish.</param>
    /// <returns>The running producer.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClusterProducer Start(ProducerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Unattached.Start(() => new ClusterProducer(options));
    }

    /// <summary>
    /// Publishes a message. Messages are written in the order of the calls. Messages beyond <see cref="ProducerOptions.Window"/> wait in memory; call
    /// <see cref="WaitToPublishAsync"/> first to avoid that.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// Ends the wait. A message that was not written before the cancellation is never written. If the message was written, a queue may have it.
    /// </param>
    /// <returns>The result, at the latest after <see cref="ProducerOptions.PublishTimeout"/>. The task fails only when it is cancelled.</returns>
    /// <exception cref="ArgumentException">
    /// The id, the content type or the headers cannot be written in AMQP 0-9-1, or need a larger frame than the broker accepts.
    /// </exception>
    /// <exception cref="ObjectDisposedException">
    /// The producer has stopped, or had to give up. If it had to give up, the exception's message says why, and the inner exception is the
    /// <see cref="ClusterException"/> of <see cref="Completion"/>.
    /// </exception>
    public Task<PublishResult> PublishAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.Validate();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<PublishResult>(cancellationToken);
        }

        // Checked here, since the broker would close the connection for such a message, again and again until the message's deadline.
        var content = new OutgoingContent(message);
        return content.FindObstacle(_outbox.FrameMax) is { } obstacle
            ? throw new ArgumentException($"The message cannot be published: {obstacle}.", nameof(message))
            : _outbox.Add(content, cancellationToken).Result;
    }

    /// <summary>
    /// Waits until the window has room. A loop that publishes without awaiting each result calls this method, so that messages do not pile up in memory.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when the window has room, or when the producer has stopped.</returns>
    public Task WaitToPublishAsync(CancellationToken cancellationToken = default) => _outbox.WaitForRoomAsync(cancellationToken);

    /// <summary>
    /// Waits for the results of all publishes, at most <see cref="ClusterOptions.DrainTimeout"/>, then closes the connections. After that every publish
    /// has its result.
    /// </summary>
    /// <returns>
    /// The ids of the messages that were not confirmed when the wait ended, in order. If the producer had to give up: the ids of the messages that were
    /// not confirmed at that moment. Each further call returns the same ids.
    /// </returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        var time = _options.Cluster.TimeProvider;
        var started = time.GetTimestamp();
        using (var deadline = new CancellationTokenSource(_options.Cluster.DrainTimeout, time))
        {
            var drained = _outbox.WaitUntilEmptyAsync(deadline.Token);
            await Task.WhenAny(drained, Completion).ConfigureAwait(false);
        }

        var unconfirmed = _outbox.Shut(EndCause);
        var left = _options.Cluster.DrainTimeout - time.GetElapsedTime(started);
        await _sessions.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
        return unconfirmed;
    }

    /// <summary>Stops as <see cref="StopAsync"/> does and frees everything.</summary>
    /// <returns>A task that completes when all is done.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _ticking.DisposeAsync().ConfigureAwait(false);
        await _sessions.DisposeAsync().ConfigureAwait(false);
        await _failure.ConfigureAwait(false);
    }

    private Exception? EndCause => Completion.Exception?.InnerException;

    private async Task ShutOnceEndedAsync()
    {
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outbox.Shut(EndCause);
        ClusterMetrics.Remove(_outbox);
    }
}
