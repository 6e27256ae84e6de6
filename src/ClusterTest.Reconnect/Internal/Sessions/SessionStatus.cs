namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>A session's state, and the length of its interruption. Only the session's owner task changes it.</summary>
internal sealed class SessionStatus(SessionContext context)
{
    private long? _lostAt;
    private long _connectedAt;

    public SessionState State { get; private set; } = SessionState.Opening;

    /// <summary>Takes note that a connection is open. Nothing is declared on it yet.</summary>
    public void Connected() => _connectedAt = context.Options.TimeProvider.GetTimestamp();

    /// <summary>Changes the state.</summary>
    /// <exception cref="InvalidOperationException">The change is not legal, which is a defect in the owner.</exception>
    public SessionEvent Transition(SessionState to, Failure? cause, ClusterEndpoint endpoint, int generation, int attempts)
    {
        if (!IsLegal(State, to))
        {
            throw new InvalidOperationException($"A session cannot go from {State} to {to}.");
        }

        var time = context.Options.TimeProvider;
        TimeSpan? interruption = null;
        TimeSpan? reconnect = null;
        if (to == SessionState.Recovering)
        {
            // A session that was never open loses nothing: a slow start is no interruption.
            if (State == SessionState.Open)
            {
                _lostAt = time.GetTimestamp();
                ClusterMetrics.InterruptionBegan(context.Options, cause!);
            }
        }
        else if (to == SessionState.Open && _lostAt is { } lostAt)
        {
            interruption = time.GetElapsedTime(lostAt);
            reconnect = _connectedAt > lostAt ? time.GetElapsedTime(lostAt, _connectedAt) : TimeSpan.Zero; // an older timestamp: the connection was kept
            _lostAt = null;
            ClusterMetrics.InterruptionEnded(context.Options, interruption.Value);
        }

        var change = new SessionEvent
        {
            Session = context.Session,
            From = State,
            To = to,
            Endpoint = endpoint,
            At = time.GetUtcNow(),
            Timestamp = time.GetTimestamp(),
            Cause = cause,
            Generation = generation,
            Outage = interruption,
            Reconnect = reconnect,
            Attempts = attempts,
        };
        State = to;
        Log.StateChanged(context.Logger, context.Session, change.From, to, endpoint, cause is null ? "" : $": {cause.Message}");
        return change;
    }

    private static bool IsLegal(SessionState from, SessionState to) => (from, to) switch
    {
        (SessionState.Opening, SessionState.Open or SessionState.Recovering) => true,
        (SessionState.Open, SessionState.Recovering) => true,
        (SessionState.Recovering, SessionState.Open or SessionState.Recovering) => true,
        (SessionState.Opening or SessionState.Open or SessionState.Recovering, SessionState.Closing or SessionState.Closed) => true,
        (SessionState.Closing, SessionState.Closed) => true,
        _ => false,
    };
}
