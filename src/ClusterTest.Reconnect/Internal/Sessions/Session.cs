using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using Polly;
using Polly.Retry;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// One connection through the load balancer that is always either open or recovering. One task owns the session: <see cref="RunAsync"/>, which reads from
/// top to bottom.
/// </summary>
internal sealed class Session
{
    // Three times as long as a generation waits for its channel's close, which is its longest wait.
    private static readonly TimeSpan RetireTimeout = TimeSpan.FromSeconds(3);

    // After this many channels in a row that were lost right after they opened, the session tries another address, if there is one.
    private const int MostShortLives = 3;

    private readonly SessionContext _context;
    private readonly Func<SessionContext, Link, int, CancellationToken, Task<Generation>> _startGeneration;
    private readonly EventPump _events;
    private readonly GroupInterruption _interruption;
    private readonly Lazy<ResiliencePipeline> _recovery;
    private readonly SessionStatus _status;
    private readonly Dialer _dialer;
    private readonly Login _login;
    private readonly int[] _turns; // for each endpoint: how often the session went on to the next endpoint

    private Link? _link;
    private Generation? _generation;
    private Phase _phase;
    private Task _observed = Task.CompletedTask;
    private int _generations;
    private int _shortLives;
    private int _place;
    private int _attempts;
    private int _attemptsBefore;
    private int _unanswered; // attempts in a row whose handshake did not end in time
    private int _tlsFailures;
    private bool _isRefused;
    private long? _refusedSince;
    private long _opened;
    private (Failure Failure, Exception? Exception)? _lastFailure;

    public Session(
        SessionContext context,
        EventPump events,
        GroupInterruption interruption,
        Func<SessionContext, Link, int, CancellationToken, Task<Generation>> startGeneration)
    {
        _context = context;
        _startGeneration = startGeneration;
        _events = events;
        _interruption = interruption;
        _status = new SessionStatus(context);
        _dialer = new Dialer(context.Options);
        _login = new Login(context.Options);
        _turns = new int[context.Options.Endpoints.Count];
        Endpoint = context.Options.Endpoints[0];
        _recovery = new Lazy<ResiliencePipeline>(BuildRecovery, LazyThreadSafetyMode.None);
    }

    private ClusterOptions Options => _context.Options;

    /// <summary>Gets the address that the session is connected to, or that it tried last.</summary>
    private ClusterEndpoint Endpoint { get; set; }

    /// <summary>Keeps the session alive until it is stopped.</summary>
    /// <param name="stop">Cancelled to stop the session, which first finishes the messages that are under way.</param>
    /// <param name="abort">Cancelled when the drain deadline has passed.</param>
    /// <exception cref="ClusterException">A fatal failure, or an interruption longer than allowed.</exception>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        try
        {
            while (true)
            {
                await RecoverAsync(stop).ConfigureAwait(false);
                var cause = await ServeAsync(stop).ConfigureAwait(false);
                Transition(SessionState.Recovering, cause);
                await RetireAsync(cause).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Transition(SessionState.Closing);
            await DrainAsync(abort).ConfigureAwait(false);
            Transition(SessionState.Closed);
        }
        catch (Exception exception)
        {
            Log.SessionFailed(_context.Logger, exception, _context.Session, exception.Message);
            await CloseAsync(TimeSpan.Zero).ConfigureAwait(false);
            Transition(SessionState.Closed, (exception as ClusterException)?.Failure);
            throw;
        }
    }

    /// <summary>Recovers from one interruption: one execution of the pipeline, which ends when the session is open.</summary>
    private async Task RecoverAsync(CancellationToken stop)
    {
        _attempts = 0;
        _tlsFailures = 0;
        _isRefused = false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _interruption.TooLong);
        try
        {
            if (_shortLives > 0)
            {
                await Task.Delay(NextDelay(-1), Options.TimeProvider, either.Token).ConfigureAwait(false);
            }

            _generation = await AttemptUntilOpenAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_interruption.TooLong.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            var (failure, exception) = _lastFailure ?? (FailureOf(new TimeoutException()), new TimeoutException());
            throw new ClusterRecoveryTimeoutException(failure, Endpoint, _attemptsBefore + _attempts, _interruption.Elapsed, exception);
        }

        _interruption.Opened();
        _opened = Options.TimeProvider.GetTimestamp(); // before the transition, whose observer may let time pass
        Transition(SessionState.Open);
        _generation.Start(_observed);
    }

    // The first attempt does not wait for the pipeline, and needs none if it succeeds: Polly checks its options by reflection, which takes longer than to
    // connect. If the attempt fails, the pipeline takes it for its own first one.
    private async Task<Generation> AttemptUntilOpenAsync(CancellationToken cancellationToken)
    {
        var first = AttemptAsync(cancellationToken);
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.IsCompletedSuccessfully
            ? await first.ConfigureAwait(false)
            : await _recovery.Value.ExecuteAsync(
                async token => await (Interlocked.Exchange(ref first, null) ?? AttemptAsync(token)).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
    }

    private ResiliencePipeline BuildRecovery() => new ResiliencePipelineBuilder { TimeProvider = Options.TimeProvider }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = new PredicateBuilder().Handle<ClusterException>(static exception => exception.IsTransient),
            DelayGenerator = retry => new ValueTask<TimeSpan?>(NextDelay(retry.AttemptNumber)),
            OnRetry = OnAttemptFailed,
        })
        .Build();

    /// <summary>Connects, unless only the channel was lost, then declares and starts.</summary>
    private async Task<Generation> AttemptAsync(CancellationToken cancellationToken)
    {
        _attempts++;
        _phase = Phase.Connect;
        var time = Options.TimeProvider;
        var began = time.GetTimestamp();
        try
        {
            if (_link is null)
            {
                var endpoint = Endpoint = Options.Endpoints[_place];
                var turn = _turns[_place] + _context.Session; // hot sessions begin at different addresses
                _link = await WithinAsync(
                    AttemptTime.For(Options.AttemptTimeout, _unanswered),
                    async token =>
                    {
                        var socket = await _dialer.ConnectAsync(endpoint, turn, _context.CleanUp, token).ConfigureAwait(false);
                        return await Link
                            .OpenAsync(Options, endpoint, socket, _login, ConnectionName, _context.CleanUp, _context.Logger, token)
                            .ConfigureAwait(false);
                    },
                    link => link.Abort(_context.CleanUp),
                    cancellationToken).ConfigureAwait(false);
                _unanswered = 0;
                _status.Connected();
                Log.Connected(_context.Logger, _context.Session, Endpoint, time.GetElapsedTime(began).TotalMilliseconds);
            }

            _phase = Phase.Declare;
            began = time.GetTimestamp();
            var link = _link;
            var generation = await WithinAsync(
                Options.ReadyTimeout,
                token => _startGeneration(_context, link, _generations + 1, token),
                generation => _context.CleanUp.Track(generation.DisposeAsync().AsTask()),
                cancellationToken,
                link.Shutdown).ConfigureAwait(false);
            Log.Started(_context.Logger, _context.Session, time.GetElapsedTime(began).TotalMilliseconds);
            _generations++;
            return generation;
        }
#pragma warning disable CA1031 // This is the boundary of the recovery loop: every exception of the client library is classified here.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var failure = _link is { Shutdown: { IsCompleted: true } shutdown }
                ? FailureClassifier.Classify(await shutdown.ConfigureAwait(false), FailureScope.Connection, _phase)
                : FailureOf(exception);
            _unanswered = _phase == Phase.Connect && failure.Kind == FailureKind.TimedOut && _dialer.IsConnected ? _unanswered + 1 : 0;
            failure = Judge(_context.Declarations.Advise(failure));
            DropLinkUnlessUsable(failure);
            if (_link is null)
            {
                GoToNextPlace();
            }

            _lastFailure = (failure, exception);
            var isNews = _status.State == SessionState.Opening || (Refusals.Is(failure) && !_isRefused);
            _isRefused |= Refusals.Is(failure);
            if (failure.Severity == FailureSeverity.Transient && isNews)
            {
                Transition(SessionState.Recovering, failure);
            }

            throw new ClusterSessionException(failure, Endpoint, exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The attempt failed because of the stop, or at the same moment, so this is no failure.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>Makes a fatal failure transient if it may pass soon, unless the session has heard nothing but refusals for too long.</summary>
    private Failure Judge(Failure failure)
    {
        var time = Options.TimeProvider;
        _tlsFailures = TlsFailures.IsTls(failure) ? _tlsFailures + 1 : 0;
        _refusedSince = failure.Severity == FailureSeverity.Transient || !Refusals.Is(failure) || _interruption.IsAnyOpen
            ? null
            : _refusedSince ?? time.GetTimestamp();
        var heardFor = _refusedSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        return TlsFailures.MayPass(failure, _tlsFailures, Options.Endpoints.Count)
            || Refusals.MayPass(failure, _phase, _interruption.WasAnyOpen, heardFor, Options.RefusalTimeout)
            ? failure with { Severity = FailureSeverity.Transient }
            : failure;
    }

    /// <summary>
    /// Runs one step of an attempt. This method returns in time even if the step never ends: the client library waits for an answer although its token is
    /// cancelled. A step that goes on is abandoned, and its result is discarded.
    /// </summary>
    /// <param name="limit">How long the step may take.</param>
    /// <param name="step">The step. It may ignore its token, and may block before it returns its task.</param>
    /// <param name="discard">Disposes of the result of an abandoned step.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="lost">
    /// Completes when the step's connection is lost: the client library does not tell a channel that is being opened while its connection closes.
    /// </param>
    private async Task<T> WithinAsync<T>(
        TimeSpan limit,
        Func<CancellationToken, Task<T>> step,
        Action<T> discard,
        CancellationToken cancellationToken,
        Task? lost = null)
    {
        using var deadline = new CancellationTokenSource(limit, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var token = either.Token;
        var running = Task.Run(() => step(token), CancellationToken.None);
        try
        {
            if (await Task.WhenAny(running, lost ?? running).WaitAsync(token).ConfigureAwait(false) != running)
            {
                throw new OperationCanceledException("The connection was lost.");
            }
        }
        catch
        {
#pragma warning disable CA2025 // An abandoned step may use its token after the token's source is disposed of.
            _context.CleanUp.Track(DiscardAsync(running, discard));
#pragma warning restore CA2025
            throw;
        }

        return await running.ConfigureAwait(false);
    }

    private static async Task DiscardAsync<T>(Task<T> running, Action<T> discard) => discard(await running.ConfigureAwait(false));

    /// <summary>
    /// Waits until the connection or the channel ends, the broker cancels the consumer, the watchdog finds a stall, or the session is stopped.
    /// </summary>
    private async Task<Failure> ServeAsync(CancellationToken stop)
    {
        _phase = Phase.Serve;
        await Task.WhenAny(_link!.Shutdown, _generation!.Ended).WaitAsync(stop).ConfigureAwait(false);
        var cause = _link.Shutdown.IsCompleted
            ? FailureClassifier.Classify(await _link.Shutdown.ConfigureAwait(false), FailureScope.Connection, Phase.Serve)
            : await _generation.Ended.ConfigureAwait(false);

        // A session that is lost right after it opened must not spin: its next interruption continues the backoff of the interruption before.
        var served = Options.TimeProvider.GetElapsedTime(_opened) >= Backoff.Cap;
        _refusedSince = served ? null : _refusedSince;
        _shortLives = served ? 0 : _shortLives + 1;
        _attemptsBefore = served ? 0 : _attemptsBefore + _attempts;
        _lastFailure = served ? null : (cause, null);
        _interruption.Lost(served);
        return Judge(_context.Declarations.Advise(cause));
    }

    private async Task RetireAsync(Failure cause)
    {
        await EndAsync(_generation!).ConfigureAwait(false);
        var stoodStill = _link is null;
        DropLinkUnlessUsable(_shortLives >= MostShortLives && Options.Endpoints.Count > 1 ? cause with { Scope = FailureScope.Connection } : cause);
        if (_link is null)
        {
            // If the address opens sessions and drops them, or lets them hang, the session goes on to the next address. Otherwise it begins at the first.
            if (_shortLives > 0 || stoodStill || cause.Kind is FailureKind.Stalled or FailureKind.TimedOut or FailureKind.ConsumerLost)
            {
                GoToNextPlace();
            }
            else
            {
                _place = 0;
            }
        }

        if (cause.Severity == FailureSeverity.Fatal)
        {
            throw new ClusterSessionException(cause, Endpoint);
        }
    }

    private async Task DrainAsync(CancellationToken abort)
    {
        if (_generation is { } generation)
        {
            try
            {
                await generation.DrainAsync(abort).WaitAsync(abort).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                // The broker or a handler hangs, and the deadline has passed.
            }
#pragma warning disable CA1031 // After any exception the channel and the connection must still be closed.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.DrainFailed(_context.Logger, exception, _context.Session);
            }
        }

        await CloseAsync(abort.IsCancellationRequested ? TimeSpan.Zero : TimeSpan.FromSeconds(1)).ConfigureAwait(false);
    }

    private async Task CloseAsync(TimeSpan timeout)
    {
        if (_generation is { } generation)
        {
            if (timeout > TimeSpan.Zero)
            {
                generation.BeLast();
            }

            await EndAsync(generation).ConfigureAwait(false);
        }

        if (_link is { } link)
        {
            await link.CloseAsync(timeout, Options.TimeProvider, _context.CleanUp).ConfigureAwait(false);
        }
    }

    /// <summary>Disposes of the generation. If that takes too long, the session abandons the generation, and its connection, which it may still use.</summary>
    private async Task EndAsync(Generation generation)
    {
        _generation = null;
        var disposing = Task.Run(() => generation.DisposeAsync().AsTask());
        _context.CleanUp.Track(disposing);
        if (await Task.WhenAny(disposing, Task.Delay(RetireTimeout, Options.TimeProvider)).ConfigureAwait(false) != disposing)
        {
            Log.StoodStill(_context.Logger, _context.Session, "the end of the last channel", RetireTimeout.TotalSeconds);
            ClusterMetrics.StoodStill(Options);
            _link?.Abort(_context.CleanUp);
            _link = null;
        }
    }

    private void DropLinkUnlessUsable(Failure failure)
    {
        if (_link is { } link && (failure.Scope == FailureScope.Connection || !link.IsOpen))
        {
            link.Abort(_context.CleanUp);
            _link = null;
        }
    }

    // When the session comes back to this endpoint, another address of its name has its turn.
    private void GoToNextPlace()
    {
        _turns[_place]++;
        _place = (_place + 1) % Options.Endpoints.Count;
    }

    private Failure FailureOf(Exception exception) => _phase == Phase.Connect && exception is TimeoutException or OperationCanceledException
        ? _dialer.NoAnswer
        : FailureClassifier.Classify(exception, _phase);

    private string ConnectionName => _context.Session == 0 ? Options.ClientName : $"{Options.ClientName}#{_context.Session + 1}";

#pragma warning disable CA5394 // The jitter is no secret.
    private TimeSpan NextDelay(int retries) => Backoff.Delay(retries + _shortLives, Random.Shared.NextDouble(), Options.MaxBackoff);
#pragma warning restore CA5394

    private ValueTask OnAttemptFailed(OnRetryArguments<object> retry)
    {
        var (failure, exception) = _lastFailure!.Value;
        Log.AttemptFailed(_context.Logger, exception!, _context.Session, _attempts, Endpoint, failure.Message, retry.RetryDelay.TotalMilliseconds);
        return default;
    }

    private void Transition(SessionState to, Failure? cause = null) =>
        _observed = _events.Publish(_status.Transition(to, cause, Endpoint, _generations, _attempts));
}
