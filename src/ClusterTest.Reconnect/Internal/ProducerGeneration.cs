using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal;

/// <summary>A publisher on one channel in confirm mode: it writes what the outbox holds and tells it what the broker answers.</summary>
internal sealed class ProducerGeneration : Generation
{
    // The confirms of what else was written are awaited this long before the channel of a returned or nacked message is rebuilt.
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(1);

    // The client library's own tracking and rate limiter are left out: the limiter bounds nothing and throws in bursts (rabbitmq-dotnet-client#2032).
    private static readonly CreateChannelOptions ConfirmMode = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    private readonly Outbox _outbox;
    private readonly InFlight _inFlight = new();
    private readonly CachedString _exchange;
    private readonly CachedString _routingKey;
    private Task _writing = Task.CompletedTask;
    private volatile Fault? _refusal;
    private long _refusedAt;

    private ProducerGeneration(SessionContext context, Link link, IChannel channel, int number, Outbox outbox)
        : base(context, link, channel, number)
    {
        _outbox = outbox;
        _exchange = new CachedString(context.Options.Topology.Exchange);
        _routingKey = new CachedString(context.Options.Topology.RoutingKey);
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
    }

    /// <summary>Opens a channel in confirm mode and declares the topology; succeeds only when the broker has answered to all of it.</summary>
    public static async Task<Generation> StartAsync(SessionContext context, Link link, int number, Outbox outbox, CancellationToken cancellationToken)
    {
        // A broker that blocks the connection reads nothing from it, not even the opening of a channel.
        await link.Blockage.WaitUntilOverAsync(cancellationToken).ConfigureAwait(false);
        var channel = await link.Connection.CreateChannelAsync(ConfirmMode, cancellationToken).ConfigureAwait(false);
        var generation = new ProducerGeneration(context, link, channel, number, outbox);
        try
        {
            var binding = await generation.DeclareAsync(cancellationToken).ConfigureAwait(false);
            await context.Declarations.AwaitBindingAsync(binding, cancellationToken).ConfigureAwait(false);
            return generation;
        }
        catch
        {
            await generation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override void Start(Task observed) => _writing = Task.Run(WriteAsync);

    // The producer has waited for the outbox before it stops its sessions: here, nothing is left to wait for.
    public override Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        // First, so that a living session can publish at once what this one did not get confirmed.
        var count = _outbox.Lose(_inFlight);
        if (count > 0)
        {
            Log.Requeued(Context.Logger, Context.Session, count);
        }

        await base.DisposeAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
    }

    protected override Fault? FindStall()
    {
        if (Link.Blockage.IsBlocked)
        {
            return null;
        }

        if (_refusal is { } refusal && (_outbox.IsEmpty(_inFlight) || Time.GetElapsedTime(_refusedAt) > SettleTimeout))
        {
            return refusal;
        }

        var oldest = _outbox.OldestWrite(_inFlight);
        return oldest != 0 && IsOverdue(Math.Max(oldest, Link.Blockage.EndedTimestamp))
            ? Faults.Connection(FaultKind.Stalled, "the broker stopped confirming", "If this stays, the queue may have lost its majority of nodes.")
            : base.FindStall();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                // Looked at again for each message: a channel that waits for work must not wake up to write into a blockage.
                await Link.Blockage.WaitUntilOverAsync(Life).ConfigureAwait(false);
                if (_outbox.TryTake(_inFlight) is not { } publish)
                {
                    if (!await _outbox.WaitForWorkAsync(_inFlight, Life).ConfigureAwait(false))
                    {
                        return;
                    }

                    continue;
                }

                var write = Channel.BasicPublishAsync(_exchange, _routingKey, mandatory: true, PropertiesOf(publish.Message), publish.Message.Body, Life);
                await WatchWriteAsync(write).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (Life.IsCancellationRequested)
        {
            // Retired.
        }
#pragma warning disable CA1031 // A write that fails ends the generation; the outbox still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FaultClassifier.Classify(exception, Phase.Serve));
        }
    }

    private static BasicProperties PropertiesOf(OutgoingMessage message) => message.Properties ?? new()
    {
        Persistent = true,
        MessageId = message.MessageId,
        ContentType = message.ContentType,
        Headers = message.Headers,
    };

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        _outbox.Confirm(_inFlight, ack.DeliveryTag, ack.Multiple);
        EndOnceSettled();
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs nack)
    {
        Refuse(Faults.Channel(FaultKind.MessageNacked, "the broker did not take a message", "If this stays, the queue may be full or have lost its majority of nodes."));
        _outbox.Nack(_inFlight, nack.DeliveryTag, nack.Multiple);
        EndOnceSettled();
        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        var id = returned.BasicProperties.MessageId ?? "";
        Log.Returned(Context.Logger, Context.Session, id, returned.ReplyCode, returned.ReplyText);
        Refuse(Faults.Of(FaultKind.MessageReturned, FaultScope.Channel, returned.ReplyCode, $"the broker returned a message ({returned.ReplyCode} {returned.ReplyText}): no queue took it"));
        _outbox.Return(_inFlight, id);
        return Task.CompletedTask;
    }

    // The topology may be gone or the queue may be full. Writing on would turn the order around: stop, let the rest settle, then declare again.
    private void Refuse(Fault refusal)
    {
        _outbox.Close(_inFlight);
        _refusedAt = Time.GetTimestamp();
        _refusal ??= refusal;
    }

    private void EndOnceSettled()
    {
        if (_refusal is { } refusal && _outbox.IsEmpty(_inFlight))
        {
            End(refusal);
        }
    }
}
