using System.Threading.Channels;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// A consumer on one channel. It gives messages to the handler, one at a time, and settles each message on the channel that delivered it.
/// </summary>
/// <remarks>
/// A separate task calls the handler. The client library's dispatcher could call it, but then a running handler holds back a <c>basic.cancel</c>, and when
/// the channel closes the whole connection waits for the handler (OnSessionShutdownAsync, 7.2.2).
/// </remarks>
internal sealed partial class ConsumerGeneration : Generation, IAsyncBasicConsumer
{
    // A quorum queue that cannot reach this connection's node for a moment takes its messages back and delivers as many again.
    private const int Resends = 3;

    // How many messages in a row the client library may fail to deliver. Each failure sends all delivered messages back, and the delivery limit counts that.
    private const int MostSwallowed = 3;

    private readonly ConsumerOptions _options;
    private readonly Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> _handler;
    private readonly ConsumerCounters _counters;
    private readonly ParkingLot _parkingLot;
    private readonly DeliveryGuard _guard;
    private readonly ConsumerCheck _check;
    private readonly BodyBudget _budget;

    // Without a delivery: a message that arrived after the drain began, or beyond the budget. Without a tag: wakes the task that waits for a message.
    private readonly Channel<(Delivery? Delivery, ulong Tag)> _deliveries;
    private readonly TaskCompletionSource _lastDelivery = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _cancelling;
#pragma warning disable CA2213 // The source has no handle to free, and handlers may still register on its token.
    private readonly CancellationTokenSource _stopping = new();
#pragma warning restore CA2213
    private Task _handling = Task.CompletedTask;
    private Task _checking = Task.CompletedTask;
    private Task _ending = Task.CompletedTask;
    private volatile bool _isDraining;
    private int _room; // how many messages may come for sure; only the client library's dispatcher uses it

    // When the handler was last called, and when it had last finished. Only the handler's task uses them.
    private long _handlerBegan;
    private long _handlerEnded;

    private ConsumerGeneration(
        SessionContext context,
        Link link,
        IChannel channel,
        int number,
        ConsumerOptions options,
        Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler,
        ConsumerCounters counters,
        ParkingLot parkingLot)
        : base(context, link, channel, number)
    {
        channel.CallbackExceptionAsync += OnCallbackExceptionAsync;
        channel.ChannelShutdownAsync += OnNoMoreDeliveriesAsync;
        _options = options;
        _handler = handler;
        _counters = counters;
        _parkingLot = parkingLot;
        _guard = new DeliveryGuard(context, options.DeliveryLimit);
        _check = new ConsumerCheck(context, link, options, counters);
        _handled = new AckBatch(options.AckBatchSize, Time);
        _budget = link.Reading.Budget = new BodyBudget(options.SessionPrefetchBytes);
        _deliveries = System.Threading.Channels.Channel.CreateUnbounded<(Delivery?, ulong)>();
        _cancelling = new Lazy<Task>(() => Task.Run(CancelAsync));
    }

    IChannel? IAsyncBasicConsumer.Channel => Channel;

    private string ConsumerTag { get; set; } = "";

    /// <summary>Opens a channel, declares the topology and consumes. Succeeds only when the broker has answered every method.</summary>
    public static async Task<Generation> StartAsync(
        SessionContext context,
        Link link,
        int number,
        ConsumerOptions options,
        Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler,
        ConsumerCounters counters,
        ParkingLot parkingLot,
        CancellationToken cancellationToken)
    {
        var channel = await link.Connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var generation = new ConsumerGeneration(context, link, channel, number, options, handler, counters, parkingLot);
        try
        {
            var binding = await generation.DeclareAsync(bindsFirstOnChannel: false, cancellationToken).ConfigureAwait(false);
            await context.Declarations.AwaitFirstBindingAsync(binding, cancellationToken).ConfigureAwait(false);
            await channel.BasicQosAsync(0, options.Prefetch, global: false, cancellationToken).ConfigureAwait(false);
            generation.ConsumerTag = await channel
                .BasicConsumeAsync(options.Cluster.Topology.Queue, autoAck: false, options.ConsumerTag, generation, cancellationToken)
                .ConfigureAwait(false);
            await context.Declarations.AwaitBindingAsync(binding, cancellationToken).ConfigureAwait(false);
            return generation;
        }
        catch
        {
            await generation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task DrainAsync(CancellationToken cancellationToken)
    {
        var isBehind = !_budget.HasRoom;
        BeginDraining();
        _ = _cancelling.Value;
        _deliveries.Writer.TryWrite(default);
        await _handling.WaitAsync(cancellationToken).ConfigureAwait(false);
        await WhenParkedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (isBehind)
        {
            // The answer to the cancel comes after all messages that were delivered and not read yet. The end of the channel gives them back.
            await _cancelling.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        BeginDraining();
        await base.DisposeAsync().ConfigureAwait(false);
        DropHandled();
        Context.CleanUp.Track(_handling);
        Context.CleanUp.Track(_checking);
        Context.CleanUp.Track(_ending);
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        _check.Delivered();
        _counters.CountDelivered();
        var delivery = !_isDraining && _budget.Take(body.Length)
            ? new Delivery(properties, body, exchange, routingKey, redelivered, Context.Session, Number) { Stopping = _stopping.Token }
            : null;
        if (HasRoom())
        {
            _deliveries.Writer.TryWrite((delivery, deliveryTag));
        }
        else
        {
            End(NewFailure.Connection(FailureKind.Other, $"the broker delivers many more messages than the prefetch of {_options.Prefetch} allows"));
        }

        return Task.CompletedTask;
    }

    // Counts the waiting messages only when they may be too many: the reader's position is on another processor.
    private bool HasRoom()
    {
        if (_room == 0)
        {
            _room = Math.Max(0, (Resends * _options.Prefetch) - _deliveries.Reader.Count);
        }

        return _room > 0 && _room-- > 0;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _lastDelivery.TrySetResult();
        End(NewFailure.Channel(
            FailureKind.ConsumerCancelled, "the broker cancelled the consumer: the queue was deleted or moved, or the queue's node went down"));
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _lastDelivery.TrySetResult();
        return Task.CompletedTask;
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;

    protected override bool Consumes => true;

    protected override void Serve(Task observed)
    {
        _handling = Task.Run(() => HandleAllAsync(observed));
        _checking = Task.Run(EndIfLostAsync);
        _ending = Task.Run(EndIfParkingIsRefusedAsync);
    }

    private Task OnNoMoreDeliveriesAsync(object sender, ShutdownEventArgs reason)
    {
        _lastDelivery.TrySetResult();
        return Task.CompletedTask;
    }

    // Our callbacks do not throw. The exception comes from a listener of the client library's traces, which is called before our callback: we did not get
    // the message, and it stays unacked.
    private Task OnCallbackExceptionAsync(object sender, CallbackExceptionEventArgs failed)
    {
        if (failed.Detail.TryGetValue("context", out var work) && work is "Deliver")
        {
            var said = $"the client library failed to deliver a message ({PeerText.Line(failed.Exception.Message)})";
            const string advice = "Look for a listener of the client library's traces that throws.";
            End(_counters.CountSwallowed() > MostSwallowed
                ? NewFailure.Fatal(FailureKind.Other, null, said, advice)
                : NewFailure.Channel(FailureKind.Other, said, advice));
        }

        return Task.CompletedTask;
    }

    private async Task HandleAllAsync(Task observed)
    {
        try
        {
            // The handler gets no message before the observer has seen that the session is open.
            await observed.WaitAsync(Life).ConfigureAwait(false);
            do
            {
                // Messages that stay in the channel are given back, and the broker delivers them again, to this or another consumer.
                var goesOn = await HandleWaitingAsync().ConfigureAwait(false);

                // A message that was handled must not wait for its ack while there is nothing else to do.
                await AckHandledAsync().ConfigureAwait(false);
                if (!goesOn)
                {
                    return;
                }
            }
            while (await _deliveries.Reader.WaitToReadAsync(Life).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // The handler is the user's code; its exceptions have no effect after the generation's life.
        catch (Exception) when (Life.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // Retired.
        }
#pragma warning disable CA1031 // A failed write ends the generation; the broker still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FailureClassifier.Classify(exception, Phase.Serve));
        }
    }

    // Gives false when the drain, the generation's end or the lifted budget ends the handling.
    private async ValueTask<bool> HandleWaitingAsync()
    {
        while (!_isDraining && !Ended.IsCompleted)
        {
            if (!_deliveries.Reader.TryRead(out var next))
            {
                return true;
            }

            if (next.Delivery is null)
            {
                _unhandled = next.Tag;
                return false;
            }

            await HandleAsync(next.Delivery, next.Tag).ConfigureAwait(false);
        }

        return false;
    }

    // The cancellation is not awaited, since a callback that a handler registered on the token may throw or hang.
    private void BeginDraining()
    {
        _isDraining = true;
        _budget.Lift();
        Context.CleanUp.Track(_stopping.CancelAsync());
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

    private async ValueTask HandleAsync(Delivery delivery, ulong deliveryTag)
    {
        ClusterMetrics.Consumed(Context.Options);
        var activity = Tracing.BeginProcessing(delivery, Context.Options.Topology);
        try
        {
            await ProcessAsync(delivery, deliveryTag).ConfigureAwait(false);
        }
        finally
        {
            Tracing.End(activity);
        }
    }

    private async ValueTask ProcessAsync(Delivery delivery, ulong deliveryTag)
    {
        _handlerBegan = Time.GetTimestamp();
        var deciding = _guard.Check(delivery) is { } guarded ? new(guarded) : CallHandlerAsync(delivery);
        var acking = deciding.IsCompleted ? default : AckHandledAsync(); // nobody knows how long the handler takes
        var decided = await deciding.ConfigureAwait(false);
        await acking.ConfigureAwait(false);
        if (decided is not { } result)
        {
            _unhandled = deliveryTag;
            return;
        }

        if (result.Action == DeliveryAction.Park)
        {
            await AckHandledAsync().ConfigureAwait(false);
            BeginParking(delivery, deliveryTag, result.Reason);
            return;
        }

        var bytes = delivery.Body.Length;
        delivery.ReleaseBody();
        if (result.Action == DeliveryAction.Retry)
        {
            await AckHandledAsync().ConfigureAwait(false);
            await SettleAsync(deliveryTag, DeliveryAction.Retry).ConfigureAwait(false);
            _budget.Return(bytes);
            _check.Settled(1);
            return;
        }

        await AckAsync(deliveryTag, bytes).ConfigureAwait(false);
    }

    // Gives null if the handler stopped because it was asked to.
    private async ValueTask<DeliveryResult?> CallHandlerAsync(Delivery delivery)
    {
        _counters.CountReceived();
        try
        {
            return await _handler(delivery, Life).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isDraining && !Life.IsCancellationRequested)
        {
            Log.HandlerStopped(Context.Logger, Context.Session, delivery.MessageId ?? "(none)");
            return null;
        }
#pragma warning disable CA1031 // The handler is the user's code. Putting the message back would spin, and count against the delivery limit; parking keeps it.
        catch (Exception exception) when (!Life.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.HandlerFailed(Context.Logger, exception, Context.Session, delivery.MessageId ?? "(none)");
            return DeliveryResult.Park($"the handler threw {exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            _handlerEnded = Time.GetTimestamp();
            ClusterMetrics.Processed(Context.Options, Time.GetElapsedTime(_handlerBegan, _handlerEnded));
        }
    }
}
