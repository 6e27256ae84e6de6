using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal;

/// <summary>A consumer on one channel: it hands messages to the handler, one at a time, and settles them on the channel they came from.</summary>
/// <remarks>
/// A task of its own calls the handler. The client library's dispatcher would do so, but while a handler is at work it holds back a
/// <c>basic.cancel</c>, and when the channel closes it keeps the whole connection waiting for the handler (OnSessionShutdownAsync, 7.2.2).
/// </remarks>
internal sealed class ConsumerGeneration : Generation, IAsyncBasicConsumer
{
    // A quorum queue that loses sight of this connection's node for a moment takes its messages back and hands out as many again.
    private const int Resends = 3;

    private readonly ConsumerOptions _options;
    private readonly Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> _handler;
    private readonly ConsumerCounters _counters;
    private readonly ParkingLot _parkingLot;
    private readonly DeliveryGuard _guard;
    private readonly ConsumerCheck _check;
    private readonly Channel<(Delivery Delivery, ulong Tag)> _deliveries;
    private Task _handling = Task.CompletedTask;
    private Task _checking = Task.CompletedTask;
    private volatile bool _draining;

    private ConsumerGeneration(SessionContext context, Link link, IChannel channel, int number, ConsumerOptions options, Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler, ConsumerCounters counters)
        : base(context, link, channel, number)
    {
        _options = options;
        _handler = handler;
        _counters = counters;
        _parkingLot = new ParkingLot(link, options);
        _guard = new DeliveryGuard(context, options.DeliveryLimit);
        _check = new ConsumerCheck(context, link, options, counters);
        _deliveries = System.Threading.Channels.Channel.CreateBounded<(Delivery, ulong)>(new BoundedChannelOptions(Resends * options.Prefetch) { SingleReader = true, SingleWriter = true });
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

    public override void Start(Task observed)
    {
        _handling = Task.Run(() => HandleAllAsync(observed));
        _checking = Task.Run(EndIfLostAsync);
    }

    public override async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        try
        {
            await Channel.BasicCancelAsync(ConsumerTag, noWait: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AlreadyClosedException or ObjectDisposedException)
        {
            // The channel was lost in the moment of the stop, and the consumer with it.
        }

        _deliveries.Writer.TryComplete();
        await _handling.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        Context.CleanUp.Track(_handling);
        Context.CleanUp.Track(_checking);
        _parkingLot.Close(Context.CleanUp);
    }

    // The client library takes the body back when this returns.
    public Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        _check.Delivered();
        if (!_deliveries.Writer.TryWrite((new Delivery(properties, body.ToArray(), exchange, routingKey, redelivered, Context.Session, Number), deliveryTag)) && !_draining)
        {
            End(Faults.Connection(FaultKind.Other, $"the broker hands out many more messages than the prefetch of {_options.Prefetch} allows"));
        }

        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        End(Faults.Channel(FaultKind.ConsumerCancelled, "the broker cancelled the consumer: its queue was deleted or moved, or its node went down"));
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;

    private async Task HandleAllAsync(Task observed)
    {
        try
        {
            // A message is never handled before its session was seen to be open.
            await observed.WaitAsync(Life).ConfigureAwait(false);
            await foreach (var (delivery, deliveryTag) in _deliveries.Reader.ReadAllAsync(Life).ConfigureAwait(false))
            {
                if (_draining || Ended.IsCompleted)
                {
                    return; // The broker delivers it again, here or elsewhere.
                }

                ClusterMetrics.Consumed(Context.Options);
                var result = _guard.Check(delivery) ?? await HandleAsync(delivery).ConfigureAwait(false);
                await SettleAsync(delivery, deliveryTag, result).ConfigureAwait(false);
                _check.Settled();
            }
        }
#pragma warning disable CA1031 // The handler is the user's code, and what it throws when it is told to end does not count.
        catch (Exception) when (Life.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // Retired.
        }
#pragma warning disable CA1031 // A write that fails ends the generation; the broker still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FaultClassifier.Classify(exception, Phase.Serve));
        }
    }

    private async Task EndIfLostAsync()
    {
        try
        {
            End(await _check.FindLossAsync(Life).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Retired.
        }
    }

    private async Task<DeliveryResult> HandleAsync(Delivery delivery)
    {
        _counters.CountReceived();
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
            TellParked(delivery, reason);
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

    private void TellParked(Delivery delivery, string reason)
    {
        try
        {
            _options.OnParked?.Invoke(delivery, reason);
        }
#pragma warning disable CA1031 // The observer is the user's code: whatever it throws, the message is parked.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.ParkedObserverFailed(Context.Logger, exception);
        }
    }
}
