namespace ClusterTest.Reconnect;

/// <summary>
/// A session's change of state. There is one <see cref="SessionState.Recovering"/> for each outage, however many attempts it takes, and one more, from
/// <see cref="SessionState.Recovering"/> itself, if during it the broker begins to refuse what may pass (<see cref="ClusterOptions.RefusalTimeout"/>).
/// </summary>
public sealed record SessionEvent
{
    /// <summary>Gets the session's number, from 0.</summary>
    public required int Session { get; init; }

    /// <summary>Gets the state that was left.</summary>
    public required SessionState From { get; init; }

    /// <summary>Gets the state that was entered.</summary>
    public required SessionState To { get; init; }

    /// <summary>Gets the address that the session is, or was, connected to or tried last.</summary>
    public required ClusterEndpoint Endpoint { get; init; }

    /// <summary>Gets the time of the change.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the time of the change by the monotonic clock, which no change of the wall clock moves.</summary>
    /// <value>A timestamp of <see cref="ClusterOptions.TimeProvider"/>, taken together with <see cref="At"/>.</value>
    public required long Timestamp { get; init; }

    /// <summary>Gets the cause of an outage or of a fatal end.</summary>
    /// <value><see langword="null"/> when the user stopped the session, and when it opened.</value>
    public Failure? Cause { get; init; }

    /// <summary>Gets how many times the session has become open, this time included.</summary>
    public int Generation { get; init; }

    /// <summary>Gets the outage that ended: from the detected loss until everything was ready again.</summary>
    /// <value><see langword="null"/> unless <see cref="To"/> is <see cref="SessionState.Open"/> after an outage.</value>
    public TimeSpan? Outage { get; init; }

    /// <summary>Gets the part of <see cref="Outage"/> until the connection was open, before anything was declared.</summary>
    /// <value>Zero when the connection was kept; <see langword="null"/> when <see cref="Outage"/> is.</value>
    public TimeSpan? Reconnect { get; init; }

    /// <summary>Gets the number of attempts that it took to open.</summary>
    public int Attempts { get; init; }
}
