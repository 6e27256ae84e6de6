namespace ClusterTest.Reconnect;

/// <summary>The result of a publish.</summary>
/// <param name="Outcome">How the publish ended.</param>
/// <param name="MessageId">The message's id.</param>
/// <param name="Attempts">How often the message was written to a connection. If this is more than 1, the queue may hold the message more than once.</param>
/// <param name="Latency">The time from the call to the result.</param>
public readonly record struct PublishResult(PublishOutcome Outcome, string MessageId, int Attempts, TimeSpan Latency)
{
    /// <summary>Gets why the broker did not accept the message, in one line.</summary>
    /// <value><see langword="null"/> unless <see cref="Outcome"/> is Returned, Nacked or Refused.</value>
    public string? Reason { get; init; }

    /// <summary>Gets a value indicating whether the broker confirmed the message.</summary>
    public bool IsConfirmed => Outcome == PublishOutcome.Confirmed;
}
