using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal;

/// <summary>A consumer on one channel: it hands messages to the handler, one at a time, and settles them on the channel they came from.</summary>
internal sealed class ConsumerGeneration : Generation, IAsyncBasicConsumer
{
    private readonly ConsumerOptions _options;
    private readonly Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> _handler;
    private readonly ConsumerCounters _counters;
    private readonly ParkingLot _parkingLot;
    private readonly TaskCompletionSource<Task> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isHandling;
    private volatile bool _draining;

    private ConsumerGeneration(SessionContext context, Link link, IChannel channel, int number, ConsumerOptions options, Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler, ConsumerCounters counters)
        : base(context, link, channel, number)
    {
        _options = options;
        _handler = handler;
        _counters = counters;
        _parkingLot = new ParkingLot(link, options);
    }

    IChannel? IAsyncBasicConsumer.Channel => Channel;

    private string ConsumerTag { get; set; } = "";

    /// <summary>Opens a channel, declares the topology and consumes; succeeds only when the broker has answered to all of it.</summary>
    public static async Task<Generation> StartAsync(SessionContext context, Link link, int number, ConsumerOptions options, Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler, ConsumerCounters counters, CancellationToken cancellationToken)
    {
        var channel = await link.Connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var generation = new ConsumerGeneration(context, link, channel, number, options, handler, counters);
        try
        {
            var binding = await generation.DeclareAsync(cancellationToken).ConfigureAwait(false);
            await channel.BasicQosAsync(0, options.Prefetch, global: false, cancellationToken).ConfigureAwait(false);
            generation.ConsumerTag = await channel.BasicConsumeAsync(options.Cluster.Topology.Queue, autoAck: false, options.ConsumerTag, generation, cancellationToken).ConfigureAwait(false);
            await context.Declarations.AwaitBindingAsync(binding, cancellationToken).ConfigureAwait(false);
            return generation;
        }
        catch
        {
            await generation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override void Start(Task observed) => _started.TrySetResult(observed);

    public override async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        Interlocked.MemoryBarrier();
        await Channel.BasicCancelAsync(ConsumerTag, noWait: true, cancellationToken).ConfigureAwait(false);
        if (Volatile.Read(ref _isHandling) != 0)
        {
            await _idle.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _started.TrySetCanceled();
        await base.DisposeAsync().ConfigureAwait(false);
        _parkingLot.Close(Context.CleanUp);
    }

    // The client library calls this for one message at a time (ConsumerDispatchConcurrency 1), never on the socket's task.
    public Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default) =>
        ProcessAsync(new Delivery(properties, body, exchange, routingKey, redelivered, Context.Session, Number), deliveryTag);

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        End(Faults.Channel(FaultKind.ConsumerCancelled, "the broker cancelled the consumer: its queue was deleted or moved, or its node went down"));
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;

    private async Task ProcessAsync(Delivery delivery, ulong deliveryTag)
    {
        try
        {
            // A message is never handled before its session was seen to be open.
            var observed = await _started.Task.ConfigureAwait(false);
            await observed.ConfigureAwait(false);
            await HandleUnlessDrainingAsync(delivery, deliveryTag).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Life.IsCancellationRequested || _started.Task.IsCanceled)
        {
            // Its generation ended before the message was handled.
        }
    }

    // Either this sees that the generation drains, or the drain sees that this handles a message.
    private async Task HandleUnlessDrainingAsync(Delivery delivery, ulong deliveryTag)
    {
        Interlocked.Exchange(ref _isHandling, 1);
        try
        {
            if (_draining || Ended.IsCompleted)
            {
                return; // The broker delivers it again, here or elsewhere.
            }

            var result = await HandleAsync(delivery).ConfigureAwait(false);
            await SettleAsync(delivery, deliveryTag, result).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _isHandling, 0);
            if (_draining)
            {
                _idle.TrySetResult();
            }
        }
    }

    private async Task<DeliveryResult> HandleAsync(Delivery delivery)
    {
        _counters.CountReceived();
        ClusterMetrics.Consumed(Context.Options);
        var started = Time.GetTimestamp();
        try
        {
            return await _handler(delivery, Life).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The handler is the user's code. Parking keeps what it threw at: putting it back would spin, and count against the delivery limit.
        catch (Exception exception) when (!Life.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.HandlerFailed(Context.Logger, exception, Context.Session, delivery.MessageId ?? "(none)");
            return DeliveryResult.Park($"the handler threw {exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            ClusterMetrics.Processed(Context.Options, Time.GetElapsedTime(started));
        }
    }

    private async Task SettleAsync(Delivery delivery, ulong deliveryTag, DeliveryResult result)
    {
        try
        {
            if (result.Action == DeliveryAction.Park)
            {
                await ParkAsync(delivery, result.Reason).ConfigureAwait(false);
            }

            if (Ended.IsCompleted)
            {
                throw new OperationCanceledException(Life);
            }

            var settle = result.Action == DeliveryAction.Retry
                ? Channel.BasicNackAsync(deliveryTag, multiple: false, requeue: true, Life)
                : Channel.BasicAckAsync(deliveryTag, multiple: false, Life);
            await WatchWriteAsync(settle).ConfigureAwait(false);
            _counters.CountSettled(result.Action);
        }
        catch (Exception exception) when (exception is AlreadyClosedException or OperationCanceledException or ObjectDisposedException)
        {
            // The channel is gone, and with it the meaning of the tag: on another channel it would ack another message.
            _counters.CountStale();
            Log.StaleSettlement(Context.Logger, Context.Session, deliveryTag);
        }
    }

    private async Task ParkAsync(Delivery delivery, string reason)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Context.Options.ReadyTimeout, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Life);
            await _parkingLot.ParkAsync(delivery, reason, either.Token).ConfigureAwait(false);
            Log.Parked(Context.Logger, Context.Session, delivery.MessageId ?? "(none)", _options.ParkedQueueName, reason);
        }
#pragma warning disable CA1031 // Whatever kept the message from being parked, it must stay in its queue: the channel is given up unacked and rebuilt with backoff.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var cause = FaultClassifier.Classify(exception, Phase.Serve);
            End(Faults.Channel(FaultKind.ParkingFailed, $"a message could not be parked in {_options.ParkedQueueName} ({cause.Message})", "It stays in its queue. Check that the parked queue can be declared and takes messages."));
            throw new OperationCanceledException(exception.Message, exception, Life);
        }
    }
}
