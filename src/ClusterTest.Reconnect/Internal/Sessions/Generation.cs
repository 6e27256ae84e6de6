using System.Runtime.CompilerServices;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// One life of a session on one channel. Everything that depends on the channel (delivery tags, publish sequence numbers, the consumer) belongs to the
/// generation and ends with it, so that nothing from an old channel can be applied to the new channel.
/// </summary>
internal abstract class Generation : IAsyncDisposable
{
    private const int MostFreeNumbers = 16;

    private static readonly TimeSpan ChannelCloseTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveBackTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StrayFramesTimeout = TimeSpan.FromSeconds(1);

    // How long the client library may take to report a closed channel. It needs milliseconds; an overloaded machine may need longer.
    private static readonly TimeSpan ShutdownReportTimeout = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<Failure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _life = new();
    private readonly Action _watch;
    private readonly long _began;
    private long _writeStarted;
    private long _closedSince;
    private volatile bool _isLast;
    private volatile Task _numberHeld = Task.CompletedTask;

    protected Generation(SessionContext context, Link link, IChannel channel, int number)
    {
        Context = context;
        Link = link;
        Channel = channel;
        Number = number;
        Life = _life.Token;
        channel.ChannelShutdownAsync += OnChannelShutdownAsync;
        _watch = Watch;
        _began = Time.GetTimestamp();
    }

    /// <summary>Gets the generation's number within its session, from 1.</summary>
    public int Number { get; }

    /// <summary>Gets a task that completes with the cause when the channel no longer serves.</summary>
    public Task<Failure> Ended => _ended.Task;

    protected SessionContext Context { get; }

    protected Link Link { get; }

    protected IChannel Channel { get; }

    protected TimeProvider Time => Context.Options.TimeProvider;

    /// <summary>Gets a token that is cancelled when the generation is retired.</summary>
    protected CancellationToken Life { get; }

    /// <summary>
    /// Starts to serve, after the session is announced as open. Before that the attempt's deadline limits each wait, and the watchdog does not run.
    /// </summary>
    /// <param name="observed">Completes when the observer has seen that the session is open.</param>
    public void Start(Task observed)
    {
        Context.Beat.Add(_watch);
        Serve(observed);
    }

    /// <summary>Finishes the messages that are under way, until the token is cancelled. The session stops afterwards.</summary>
    public abstract Task DrainAsync(CancellationToken cancellationToken);

    /// <summary>Takes note that the connection is closed after this generation, and its channels with it.</summary>
    public void BeLast() => _isLast = true;

    /// <summary>Ends everything that belongs to this generation. The connection may be gone already.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        Context.Beat.Remove(_watch);
        Context.CleanUp.Track(EndLifeAsync());
        if (Channel.IsOpen && Link.IsOpen && (!_isLast || GivesBack))
        {
            // The close is awaited, since with it the broker puts this channel's unacked messages back, in order.
            var closing = CloseChannelAsync();
            Context.CleanUp.Track(closing);
            await Task.WhenAny(closing, Task.Delay(ChannelCloseTimeout, Time)).ConfigureAwait(false);
        }

        if (Link.IsOpen && !_isLast)
        {
            // With the number free again, the next channel gets a low number, too.
            await Task.WhenAny(_numberHeld, Link.Shutdown, Task.Delay(ChannelCloseTimeout, Time)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="Start"/>
    protected abstract void Serve(Task observed);

    /// <summary>Gets a value indicating whether this is a consumer.</summary>
    protected virtual bool Consumes => false;

    /// <summary>Gets a value indicating whether <see cref="GiveBackAsync"/> does something.</summary>
    protected virtual bool GivesBack => false;

    /// <summary>
    /// Gives messages back on a channel that is about to be closed, so that the broker does not count them as lost with the channel. Nothing else is written
    /// to the channel at that time.
    /// </summary>
    protected virtual Task GiveBackAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Declares exchange and queue and begins to bind them. If the broker refuses the binding later, the generation ends.</summary>
    /// <param name="bindsFirstOnChannel">Whether a binding that the broker has not confirmed before is declared on the channel itself.</param>
    /// <param name="cancellationToken">Ends the declarations.</param>
    /// <returns>The task of the binding, for <see cref="Declarations.AwaitBindingAsync"/>.</returns>
    protected async Task<Task> DeclareAsync(bool bindsFirstOnChannel, CancellationToken cancellationToken)
    {
        var binding = await Context.Declarations.DeclareAsync(Link, Channel, bindsFirstOnChannel, Life, cancellationToken).ConfigureAwait(false);
        Context.CleanUp.Track(EndIfRefusedAsync(binding));
        return binding;
    }

    protected void End(Failure cause)
    {
        if (!Ended.IsCompleted)
        {
            Context.Declarations.Note(cause, Consumes ? _began : null);
            _ended.TrySetResult(cause);
        }
    }

    /// <summary>Finds out whether the peer hangs. Called at each beat.</summary>
    protected virtual Failure? FindStall() => Volatile.Read(ref _writeStarted) is not 0 and var started && IsOverdue(Math.Max(started, Link.Written.Timestamp))
        ? NewFailure.Connection(FailureKind.Stalled, "the peer stopped reading", "If this lasts, the node or the load balancer hangs.")
        : null;

    protected bool IsOverdue(long startedTimestamp) =>
        startedTimestamp != 0 && Time.GetElapsedTime(startedTimestamp) > Context.Options.StallTimeout;

    /// <summary>
    /// Awaits a write while the watchdog measures its time: a socket that accepts nothing more blocks the client library for good
    /// (rabbitmq-dotnet-client#1930).
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
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
#pragma warning disable CA1031 // The close gives the messages back as well, although the broker may count that against their delivery limit.
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
        if (await Declarations.FindRefusalAsync(binding).ConfigureAwait(false) is { } refusal)
        {
            End(refusal);
        }
    }

    // The cancellation is not awaited by its caller: callbacks that a handler registered on its token run here, and may throw or hang.
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
        if ((FindStall() ?? FindUnreportedShutdown()) is { } cause)
        {
            End(cause);
        }
    }

    // Recovery begins with an event of the client library. If the event never comes (rabbitmq-dotnet-client#1871), recovery begins here.
    private Failure? FindUnreportedShutdown()
    {
        if ((Channel.IsOpen && Link.Connection.IsOpen) || Ended.IsCompleted || Link.Shutdown.IsCompleted)
        {
            return null;
        }

        if (_closedSince == 0)
        {
            _closedSince = Time.GetTimestamp();
        }

        if (Time.GetElapsedTime(_closedSince) < ShutdownReportTimeout)
        {
            return null;
        }

        // The listeners of logs and metrics are the user's code.
        Context.CleanUp.Track(Task.Run(() =>
        {
            Log.StoodStill(Context.Logger, Context.Session, "the report of a closed channel or connection", ShutdownReportTimeout.TotalSeconds);
            ClusterMetrics.StoodStill(Context.Options);
        }));
        return NewFailure.Connection(FailureKind.Other, "the channel or connection is closed, and the client library did not report why");
    }

    private Task OnChannelShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        var scope = Link.IsOpen ? FailureScope.Channel : FailureScope.Connection;
        if (scope == FailureScope.Channel && !Link.Blockage.IsBlocked && !_isLast)
        {
            _numberHeld = HoldNumberAsync(Channel.ChannelNumber);
            Context.CleanUp.Track(_numberHeld);
        }

        End(FailureClassifier.Classify(reason, scope, Phase.Serve));
        return Task.CompletedTask;
    }

    // A broker can deliver messages after its channel.close, and it answers a close that crosses its own. The client library has forgotten the channel by
    // then, and a stray frame for a channel that it does not know ends the whole connection (SessionManager.Lookup, 7.2.2; rabbitmq-dotnet-client#1399). So
    // a channel that does nothing takes the number again at once, before another frame is read. The client library gives the lowest free number: this method
    // opens as many channels as numbers may be free below the wanted number, and closes the channels with other numbers again.
    private async Task HoldNumberAsync(int number)
    {
        List<Task<IChannel>> opening = [.. Enumerable.Range(0, Math.Min(number, MostFreeNumbers)).Select(_ => Link.Connection.CreateChannelAsync())];
        await ((Task)Task.WhenAll(opening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<IChannel> channels = [.. opening.Where(static opened => opened.IsCompletedSuccessfully).Select(static opened => opened.Result)];
        Context.CleanUp.Track(CloseAfterStrayFramesAsync(channels.FirstOrDefault(channel => channel.ChannelNumber == number)));
        await Task.WhenAll(channels.Where(channel => channel.ChannelNumber != number).Select(static channel => channel.AbortAsync())).ConfigureAwait(false);
    }

    private async Task CloseAfterStrayFramesAsync(IChannel? channel)
    {
        if (channel is not null)
        {
            await Task.WhenAny(Link.Shutdown, Task.Delay(StrayFramesTimeout, Time)).ConfigureAwait(false);
            await channel.AbortAsync().ConfigureAwait(false);
        }
    }
}
