using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// One life of a session on one channel. Everything that depends on the channel (delivery tags, publish sequence numbers, the consumer)
/// belongs to it and ends with it, so that nothing of an old channel can be taken for the new one's.
/// </summary>
internal abstract class Generation : IAsyncDisposable
{
    private const int MostFreeNumbers = 16;

    private static readonly TimeSpan ChannelCloseTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveBackTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateFramesTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    // The client library tells of a closed channel within milliseconds; the rest is for a machine that has no time.
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<Failure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _life = new();
    private readonly ITimer _watchdog;
    private long _writeStarted;
    private long _closedSince;
    private volatile Task _numberHeld = Task.CompletedTask;

    protected Generation(SessionContext context, Link link, IChannel channel, int number)
    {
        Context = context;
        Link = link;
        Channel = channel;
        Number = number;
        Life = _life.Token;
        channel.ChannelShutdownAsync += OnChannelShutdownAsync;
        _watchdog = Time.CreateTimer(static state => ((Generation)state!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the generation's number within its session, from 1.</summary>
    public int Number { get; }

    /// <summary>Gets a task that completes, with the cause, once the channel serves no more.</summary>
    public Task<Failure> Ended => _ended.Task;

    protected SessionContext Context { get; }

    protected Link Link { get; }

    protected IChannel Channel { get; }

    protected TimeProvider Time => Context.Options.TimeProvider;

    /// <summary>Gets a token that is cancelled when the generation is retired.</summary>
    protected CancellationToken Life { get; }

    /// <summary>Starts serving; called once its session is announced as open. Until then an attempt's time bounds each wait, and nothing is watched.</summary>
    /// <param name="observed">Completes when the observer has seen the session open.</param>
    public void Start(Task observed)
    {
        _watchdog.Change(WatchInterval, WatchInterval);
        Serve(observed);
    }

    /// <summary>Finishes in order what is under way, as far as the token allows; the session stops afterwards.</summary>
    public abstract Task DrainAsync(CancellationToken cancellationToken);

    /// <summary>Ends all that belongs to this generation. The connection may be gone already.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        Context.CleanUp.Track(EndLifeAsync());
        if (Channel.IsOpen && Link.IsOpen)
        {
            // Awaited, since the broker puts back this channel's unacked messages, in order, when it closes.
            var closing = CloseChannelAsync();
            Context.CleanUp.Track(closing);
            await Task.WhenAny(closing, Task.Delay(ChannelCloseTimeout, Time)).ConfigureAwait(false);
        }

        if (Link.IsOpen)
        {
            // So that the next one's number stays a low one.
            await Task.WhenAny(_numberHeld, Link.Shutdown, Task.Delay(ChannelCloseTimeout, Time)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="Start"/>
    protected abstract void Serve(Task observed);

    /// <summary>Gives back, on a channel that is about to be closed, what the broker should not count as lost with it. Nothing else is written then.</summary>
    protected virtual Task GiveBackAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Declares exchange and queue and begins to bind them; a binding that is refused later ends the generation.</summary>
    /// <returns>The binding, for <see cref="Declarations.AwaitBindingAsync"/>.</returns>
    protected async Task<Task> DeclareAsync(CancellationToken cancellationToken)
    {
        var binding = await Context.Declarations.DeclareAsync(Link, Channel, Life, cancellationToken).ConfigureAwait(false);
        Context.CleanUp.Track(EndIfRefusedAsync(binding));
        return binding;
    }

    protected void End(Failure cause)
    {
        if (!Ended.IsCompleted)
        {
            Context.Declarations.Note(cause);
            _ended.TrySetResult(cause);
        }
    }

    /// <summary>Finds out whether the peer hangs. Called four times a second.</summary>
    protected virtual Failure? FindStall() => Volatile.Read(ref _writeStarted) is not 0 and var started && IsOverdue(Math.Max(started, Link.Written.Timestamp))
        ? NewFailure.Connection(FailureKind.Stalled, "the peer stopped reading", "If this stays, the node or the load balancer hangs.")
        : null;

    protected bool IsOverdue(long startedTimestamp) =>
        startedTimestamp != 0 && Time.GetElapsedTime(startedTimestamp) > Context.Options.StallTimeout;

    /// <summary>Awaits a write under the watchdog's eyes: a socket that takes nothing more blocks the client library for good (rabbitmq-dotnet-client#1930).</summary>
    protected async ValueTask WatchWriteAsync(ValueTask write)
    {
        if (write.IsCompletedSuccessfully)
        {
            return;
        }

        Volatile.Write(ref _writeStarted, Time.GetTimestamp());
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _writeStarted, 0);
        }
    }

    private async Task CloseChannelAsync()
    {
        using (var limit = new CancellationTokenSource(GiveBackTimeout, Time))
        {
            try
            {
                await GiveBackAsync(limit.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The close gives everything back, too; that it may count is the smaller evil.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.GiveBackFailed(Context.Logger, exception, Context.Session);
            }
        }

        await Channel.AbortAsync().ConfigureAwait(false);
    }

    private async Task EndIfRefusedAsync(Task binding)
    {
        if (await Declarations.OutcomeOfAsync(binding).ConfigureAwait(false) is { } refusal)
        {
            End(refusal);
        }
    }

    // Not awaited: what a handler registered on its token runs in here, and may throw or hang.
    private async Task EndLifeAsync()
    {
        try
        {
            await _life.CancelAsync().ConfigureAwait(false);
        }
        finally
        {
            _life.Dispose();
        }
    }

    private void Watch()
    {
        if ((FindStall() ?? FindSilentEnd()) is { } cause)
        {
            End(cause);
        }
    }

    // Recovery begins with an event of the client library's. Should that never come, nobody else would begin it (rabbitmq-dotnet-client#1871).
    private Failure? FindSilentEnd()
    {
        if ((Channel.IsOpen && Link.Connection.IsOpen) || Ended.IsCompleted || Link.Shutdown.IsCompleted)
        {
            return null;
        }

        if (_closedSince == 0)
        {
            _closedSince = Time.GetTimestamp();
        }

        if (Time.GetElapsedTime(_closedSince) < SilenceTimeout)
        {
            return null;
        }

        Log.StoodStill(Context.Logger, Context.Session, "a closed channel or connection", SilenceTimeout.TotalSeconds);
        ClusterMetrics.StoodStill(Context.Options);
        return NewFailure.Connection(FailureKind.Other, "the channel or connection is closed, and nothing said why");
    }

    private Task OnChannelShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        var scope = Link.IsOpen ? FailureScope.Channel : FailureScope.Connection;
        if (scope == FailureScope.Channel && !Link.Blockage.IsBlocked)
        {
            _numberHeld = HoldNumberAsync(Channel.ChannelNumber);
            Context.CleanUp.Track(_numberHeld);
        }

        End(FailureClassifier.Classify(reason, scope, Phase.Serve));
        return Task.CompletedTask;
    }

    // A broker can deliver behind its channel.close, and it answers a close that crosses its own. The client library has forgotten the channel by
    // then, and a frame for a channel that it does not know ends the whole connection (SessionManager.Lookup, 7.2.2;
    // rabbitmq-dotnet-client#1399). So the number is taken again at once, before another frame is read, by a channel that does nothing. The
    // client library gives the lowest that is free: as many are opened as may be free below it, and those that are not needed closed again.
    private async Task HoldNumberAsync(int number)
    {
        List<Task<IChannel>> opening = [.. Enumerable.Range(0, Math.Min(number, MostFreeNumbers)).Select(_ => Link.Connection.CreateChannelAsync())];
        await ((Task)Task.WhenAll(opening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<IChannel> channels = [.. opening.Where(static opened => opened.IsCompletedSuccessfully).Select(static opened => opened.Result)];
        Context.CleanUp.Track(CloseLateAsync(channels.FirstOrDefault(channel => channel.ChannelNumber == number)));
        await Task.WhenAll(channels.Where(channel => channel.ChannelNumber != number).Select(static channel => channel.AbortAsync())).ConfigureAwait(false);
    }

    private async Task CloseLateAsync(IChannel? channel)
    {
        if (channel is not null)
        {
            await Task.WhenAny(Link.Shutdown, Task.Delay(LateFramesTimeout, Time)).ConfigureAwait(false);
            await channel.AbortAsync().ConfigureAwait(false);
        }
    }
}
