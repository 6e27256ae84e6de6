using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>A publisher on one channel in confirm mode. It writes messages from the outbox, and reports the broker's answers to the outbox.</summary>
internal sealed partial class ProducerGeneration : Generation
{
    // How long the generation waits for the confirms of the other messages before it ends.
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(1);

    // A publish that finds this channel idle writes its message before it returns, which saves a change of threads. When others publish at the same time, it
    // writes so many for them, and then leaves the rest to another thread.
    private const int MostInOneCall = 16;

    // The class and method of basic.publish (AMQP 0-9-1, 1.8).
    private const ushort BasicClass = 60;
    private const ushort PublishMethod = 40;

    // The client library's own tracking and rate limiter are off: the limiter limits nothing and throws in bursts (rabbitmq-dotnet-client#2032).
    private static readonly CreateChannelOptions ConfirmMode = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    private readonly Outbox _outbox;
    private readonly InFlight _inFlight;
    private readonly CachedString _exchange;
    private readonly CachedString _routingKey;
    private readonly ConfirmCheck _check;
    private readonly ReusableProperties _properties = new();
    private Task _writing = Task.CompletedTask;
    private Task _checking = Task.CompletedTask;
    private volatile Failure? _cause;
    private long _closedAt;
    private int _nackTold;

    private ProducerGeneration(SessionContext context, Link link, IChannel channel, int number, Outbox outbox)
        : base(context, link, channel, number)
    {
        _outbox = outbox;
        _exchange = new CachedString(context.Options.Topology.Exchange);
        _routingKey = new CachedString(context.Options.Topology.RoutingKey);
        _inFlight = new InFlight { WrittenBefore = link.Written.Octets, Cork = link.Cork };
        _check = new ConfirmCheck(context, link, () => outbox.QuietSince(_inFlight, link.Written));
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
        outbox.FrameMax = link.Connection.FrameMax;
    }

    /// <summary>Opens a channel in confirm mode and declares the topology. Succeeds only when the broker has answered every method.</summary>
    public static async Task<Generation> StartAsync(SessionContext context, Link link, int number, Outbox outbox, CancellationToken cancellationToken)
    {
        // While the broker blocks the connection, it reads nothing from the connection, not even the opening of a channel.
        await link.Blockage.WaitUntilOverAsync(cancellationToken).ConfigureAwait(false);
        var channel = await link.Connection.CreateChannelAsync(ConfirmMode, cancellationToken).ConfigureAwait(false);
        var generation = new ProducerGeneration(context, link, channel, number, outbox);
        try
        {
            var binding = await generation.DeclareAsync(bindsFirstOnChannel: true, cancellationToken).ConfigureAwait(false);
            await context.Declarations.AwaitBindingAsync(binding, cancellationToken).ConfigureAwait(false);
            return generation;
        }
        catch
        {
            await generation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The producer waits for the outbox before it stops its sessions, so nothing is left to wait for.
    public override Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (FindObjection() is { } objection)
        {
            _outbox.Blame(_inFlight, LengthIn(objection), $"not accepted by the broker: {objection}");
        }

        // This comes first, so that another session can publish this channel's unconfirmed messages at once.
        var count = _outbox.Lose(_inFlight);
        if (count > 0)
        {
            Log.Requeued(Context.Logger, Context.Session, count);
        }

        await base.DisposeAsync().ConfigureAwait(false);
        Context.CleanUp.Track(_checking);
        await _writing.ConfigureAwait(false);
    }

    protected override void Serve(Task observed)
    {
        _writing = Task.Run(WriteAllAsync); // runs the user's code: a body's memory, and listeners of traces
        _checking = EndIfGoneAsync();
    }

    protected override Failure? FindStall()
    {
        if (Link.Blockage.IsBlocked)
        {
            return null;
        }

        if (_cause is { } cause && (_outbox.IsEmpty(_inFlight) || Time.GetElapsedTime(_closedAt) > SettleTimeout))
        {
            return cause;
        }

        // A broker that confirms slowly works, and so does a slow link: progress counts, not the age of a message.
        var quiet = _outbox.QuietSince(_inFlight, Link.Written);
        return quiet != 0 && IsOverdue(Math.Max(quiet, Link.Blockage.EndedTimestamp))
            ? NewFailure.Connection(FailureKind.Stalled, "the broker stopped confirming", "If this lasts, the queue may have lost its majority of nodes.")
            : base.FindStall();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            var written = 0;
            while (IsServing)
            {
                // Checked before each message, since the broker may have blocked the connection while the channel waited for work.
                if (Link.Blockage.IsBlocked)
                {
                    Link.Cork.Release();
                    _outbox.PassOn();
                    await Link.Blockage.WaitUntilOverAsync(Life).ConfigureAwait(false);
                }
                else if (_outbox.TryTake(_inFlight) is { } publish)
                {
                    var write = WriteAsync(publish);
                    if (!write.IsCompletedSuccessfully)
                    {
                        Link.Cork.Release();
                        await write.ConfigureAwait(false);
                    }

                    if (++written == MostInOneCall)
                    {
                        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    }
                }
                else
                {
                    written = 0;
                    if (Link.Cork.IsHeld && _outbox.HasEndedBurst(_inFlight))
                    {
                        Link.Cork.Release();
                    }

                    if (!await _outbox.WaitForWorkAsync(_inFlight, CancellationToken.None).ConfigureAwait(false))
                    {
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (Life.IsCancellationRequested)
        {
            // Retired.
        }
#pragma warning disable CA1031 // A failed write ends the generation; the outbox still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FailureClassifier.Classify(exception, Phase.Serve));
        }
        finally
        {
            Link.Cork.Release();
            _outbox.PassOn();
        }
    }

    // A message that is given to a lost channel counts as an attempt with an unknown result, so it is not given to one.
    private bool IsServing => Channel.IsOpen && !Ended.IsCompleted && !Link.Shutdown.IsCompleted;

    private async Task EndIfGoneAsync()
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

    private ValueTask WriteAsync(PendingPublish publish)
    {
        if (FindObstacle(publish.Content) is { } obstacle)
        {
            _outbox.Withdraw(_inFlight, publish, obstacle);
            return default;
        }

        if (publish.Caller is not null)
        {
            return WriteTracedAsync(publish);
        }

        var hold = Link.Cork.Holds;
        var write = PublishAsync(publish);
        if (!write.IsCompletedSuccessfully)
        {
            return FinishAsync(publish, write, hold);
        }

        Link.Cork.Queued(hold, publish.Bytes);
        return default;
    }

    // The caller's activity is current until this method returns.
    private async ValueTask WriteTracedAsync(PendingPublish publish)
    {
        Tracing.Resume(publish.Caller);
        var hold = Link.Cork.Holds;
        await FinishAsync(publish, PublishAsync(publish), hold).ConfigureAwait(false);
    }

    private ValueTask PublishAsync(PendingPublish publish) => Channel.BasicPublishAsync(
        _exchange, _routingKey, mandatory: true, publish.Content.For(publish.Sequence, _properties), publish.Content.Body, Life);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(PendingPublish publish, ValueTask write, int hold)
    {
        try
        {
            await WatchWriteAsync(write).ConfigureAwait(false);
            Link.Cork.Queued(hold, publish.Bytes);
        }
        catch (Exception exception) when (!IsLoss(exception))
        {
            // Either this message cannot be encoded, or a listener of the client library's traces threw. Such listeners are called before and after the
            // write, so the broker may have counted the message or not. Further messages on this channel would have uncertain numbers.
            var said = PeerText.Line(exception.Message);
            _outbox.Doubt(publish, $"the client library failed to write it ({said})");
            EndWhenSettled(NewFailure.Channel(
                FailureKind.Other,
                $"the client library failed to write a message ({said})",
                "Look for a listener of the client library's traces that throws."));
        }
    }

    private string? FindObstacle(OutgoingContent content)
    {
        try
        {
            _ = content.Body.Span; // runs the user's code if the memory belongs to a MemoryManager
        }
#pragma warning disable CA1031 // Any exception of the user's code concerns this message alone.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"its body cannot be read ({PeerText.Line(exception.Message)})";
        }

        return content.FindObstacle(Link.Connection.FrameMax);
    }

    private bool IsLoss(Exception exception) => exception switch
    {
        IOException or SocketException or OperationInterruptedException or ChannelClosedException => true,
        OperationCanceledException or ObjectDisposedException => !IsServing || Life.IsCancellationRequested,
        _ => false,
    };

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        _outbox.Confirm(_inFlight, ack.DeliveryTag, ack.Multiple);
        EndOnceSettled();
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs nack)
    {
        _outbox.Nack(_inFlight, nack.DeliveryTag, nack.Multiple);
        EndOnceSettled();
        if (_nackTold++ == 0)
        {
            Log.Nacked(Context.Logger, Context.Session);
        }

        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        var reason = $"{returned.ReplyCode} {PeerText.Line(returned.ReplyText)}";
        if (returned.BasicProperties.Headers?.TryGetValue(OutgoingContent.SequenceHeader, out var header) == true && header is long sequence)
        {
            _outbox.Return(_inFlight, (ulong)sequence, $"returned by the broker: {reason}");
        }
        else
        {
            _outbox.Lose(_inFlight); // The returned message is unknown, so the next confirm may belong to a message that no queue took.
        }

        // The topology may be gone. Further writes would change the order of the messages.
        EndWhenSettled(NewFailure.Of(
            FailureKind.MessageReturned, FailureScope.Channel, returned.ReplyCode, $"the broker returned a message ({reason}): no queue took it"));
        Log.Returned(Context.Logger, Context.Session, returned.BasicProperties.MessageId ?? "", returned.ReplyCode, returned.ReplyText);
        return Task.CompletedTask;
    }

    /// <summary>Writes no more messages, lets the broker settle the written ones, and ends.</summary>
    private void EndWhenSettled(Failure cause)
    {
        _outbox.Close(_inFlight);
        _closedAt = Time.GetTimestamp();
        _cause ??= cause;
    }

    private void EndOnceSettled()
    {
        if (_cause is { } cause && _outbox.IsEmpty(_inFlight))
        {
            End(cause);
        }
    }

    /// <summary>Finds the broker's objection to one of the messages, if the broker closed the channel or connection because of it.</summary>
    private string? FindObjection() =>
        (Channel.CloseReason ?? (Link.Shutdown.IsCompletedSuccessfully ? Link.Shutdown.Result : null)) is { Initiator: ShutdownInitiator.Peer } reason
        && (reason.ReplyCode, reason.ClassId, reason.MethodId) is
            (Constants.PreconditionFailed or Constants.ContentTooLarge, BasicClass, PublishMethod) or (Constants.FrameError or Constants.SyntaxError, _, _)
            ? $"{reason.ReplyCode} {PeerText.Line(reason.ReplyText)}"
            : null;

    // RabbitMQ, rabbit_channel:check_msg_size: "message size 100 is larger than configured max size 10", or "than max size".
    private static int? LengthIn(string objection) =>
        TooLarge().Match(objection) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    [GeneratedRegex("message size ([0-9]+) is larger than")]
    private static partial Regex TooLarge();
}
