using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect;

/// <summary>
/// Publishes to a cluster and keeps doing so while nodes fail. A publish completes when the broker has confirmed the message and a queue
/// has taken it; what a lost connection left unconfirmed is published again, in order, with the same message id.
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
        _outbox = new Outbox(options.Window, options.PublishTimeout, cluster.TimeProvider, (outcome, latency) => ClusterMetrics.Sent(cluster, outcome, latency), options.WindowBytes, () => ClusterMetrics.Republish(cluster));
        _ticking = cluster.TimeProvider.CreateTimer(static state => ((Outbox)state!).Tick(), _outbox, TickInterval, TickInterval);
        _sessions = new SessionGroup(
            cluster,
            new GuardedLogger(cluster.LoggerFactory.CreateLogger<ClusterProducer>()),
            (context, link, number, token) => ProducerGeneration.StartAsync(context, link, number, _outbox, token));
        ClusterMetrics.Add(_outbox, cluster, () => _outbox.Statistics);
        _failure = ShutOnceEndedAsync();
    }

    /// <summary>Gets a task that completes when the producer has stopped, and fails with a <see cref="ClusterException"/> when it had to give up.</summary>
    public Task Completion => _sessions.Completion;

    /// <summary>Gets the counts since the start.</summary>
    public ProducerStatistics Statistics => _outbox.Statistics;

    /// <summary>Starts a producer. The first connect is retried like any other; nothing is connected yet when this returns.</summary>
    /// <param name="options">Where to and how.</param>
    /// <returns>The running producer.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClusterProducer Start(ProducerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Unattached.Start(() => new ClusterProducer(options));
    }

    /// <summary>
    /// Publishes a message. Messages are written in the order of the calls; beyond <see cref="ProducerOptions.Window"/> they wait in memory,
    /// which <see cref="WaitToPublishAsync"/> avoids.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting. A message that was not written by then never will be; of any other it is unknown whether a queue has it.
    /// </param>
    /// <returns>The result, at the latest after <see cref="ProducerOptions.PublishTimeout"/>. It fails for cancellation only.</returns>
    /// <exception cref="ArgumentException">Id, content type or headers cannot be written in AMQP 0-9-1, or need a larger frame than the broker takes.</exception>
    /// <exception cref="ObjectDisposedException">
    /// The producer has stopped, or had to give up: then the message says why, and the inner exception is the <see cref="ClusterException"/> that
    /// <see cref="Completion"/> has.
    /// </exception>
    public Task<PublishResult> PublishAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.Validate();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<PublishResult>(cancellationToken);
        }

        // A message that cannot pass would cost the connection, for every message behind it, again and again until its deadline.
        var content = new OutgoingContent(message);
        return content.FindObstacle(_outbox.FrameMax) is { } obstacle
            ? throw new ArgumentException($"The message cannot be published: {obstacle}.", nameof(message))
            : _outbox.Add(content, cancellationToken).Result;
    }

    /// <summary>Waits until the window has room, so that a loop that publishes without awaiting each result does not pile up messages.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that completes when there is room, or when the producer has stopped.</returns>
    public Task WaitToPublishAsync(CancellationToken cancellationToken = default) => _outbox.WaitForRoomAsync(cancellationToken);

    /// <summary>
    /// Waits for what is under way, at most <see cref="ClusterOptions.DrainTimeout"/>, then closes the connections. Every publish has its
    /// result afterwards.
    /// </summary>
    /// <returns>
    /// The ids of the messages that were not confirmed by then, in order; each further call gives the same. Of a producer that had to give up: those
    /// that were not confirmed when it did.
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
