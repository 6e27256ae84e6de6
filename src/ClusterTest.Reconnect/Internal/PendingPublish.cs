namespace ClusterTest.Reconnect.Internal;

/// <summary>A message on its way to being confirmed. Its fields belong to the <see cref="Outbox"/>'s lock.</summary>
internal sealed class PendingPublish(OutgoingMessage message, long order, long startedTimestamp)
{
    private readonly TaskCompletionSource<PublishResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutgoingMessage Message { get; } = message;

    /// <summary>Gets the place in the order of all publishes.</summary>
    public long Order { get; } = order;

    /// <summary>Gets when the publish was asked for.</summary>
    public long StartedTimestamp { get; } = startedTimestamp;

    public Task<PublishResult> Result => _result.Task;

    /// <summary>Gets a value indicating whether the caller has its answer; the window may still hold a place for it.</summary>
    public bool IsResolved => _result.Task.IsCompleted;

    /// <summary>Gets or sets how often the message was handed to a channel.</summary>
    public int Attempts { get; set; }

    /// <summary>Gets or sets when the message was handed to its current channel.</summary>
    public long WrittenTimestamp { get; set; }

    /// <summary>Gets or sets a value indicating whether an attempt was lost before its confirm: a queue may have the message.</summary>
    public bool MayBeEnqueued { get; set; }

    /// <summary>Gets or sets a value indicating whether the broker returned the attempt that is under way.</summary>
    public bool IsReturned { get; set; }

    /// <summary>Gets or sets what undoes the caller's cancellation.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    public bool TryResolve(PublishOutcome outcome, TimeSpan latency)
    {
        Cancellation.Unregister();
        return _result.TrySetResult(new PublishResult(outcome, Message.MessageId, Attempts, latency));
    }

    public bool TryCancel(CancellationToken cancellationToken) => _result.TrySetCanceled(cancellationToken);
}
