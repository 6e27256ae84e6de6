namespace ClusterTest.Reconnect;

/// <summary>
/// A session's change of state. Each interruption has one change to <see cref="SessionState.Recovering"/>, however many attempts the session needs. There is
/// one more, from <see cref="SessionState.Recovering"/> itself, if the broker begins to refuse the session during the interruption and the session
/// goes on trying (<see cref="ClusterOptions.RefusalTimeout"/>).
/// </summary>
public sealed record SessionEvent
{
    /// <summary>Gets the session's number, from 0.</summary>
    public required int Session { get; init; }

    /// <summary>Gets the state before the change.</summary>
    public required SessionState From { get; init; }

    /// <summary>Gets the state after the change.</summary>
    public required SessionState To { get; init; }

    /// <summary>Gets the address that the session is or was connected to, or that it tried last.</summary>
    public required ClusterEndpoint Endpoint { get; init; }

    /// <summary>Gets the time of the change.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the time of the change by the monotonic clock. A change of the wall clock does not affect it.</summary>
    /// <value>A timestamp of <see cref="ClusterOptions.TimeProvider"/>, taken together with <see cref="At"/>.</value>
    public required long Timestamp { get; init; }

    /// <summary>Gets the cause of an interruption or of a fatal end.</summary>
    /// <value><see langword="null"/> when the user stopped the session, and when the session opened.</value>
    public Failure? Cause { get; init; }

    /// <summary>Gets how many times the session has become open, including this time.</summary>
    public int Generation { get; init; }

    /// <summary>Gets the length of the interruption that ended: from the moment when the session noticed the loss until it was open again.</summary>
    /// <value><see langword="null"/> unless <see cref="To"/> is <see cref="SessionState.Open"/> after an interruption.</value>
    public TimeSpan? Outage { get; init; }

    /// <summary>Gets the time from the beginning of the interruption until the connection was open, before anything was declared.</summary>
    /// <value>Zero when the session kept its connection; <see langword="null"/> when <see cref="Outage"/> is <see langword="null"/>.</value>
    public TimeSpan? Reconnect { get; init; }

    /// <summary>Gets the number of attempts that the session needed to open.</summary>
    public int Attempts { get; init; }
}
