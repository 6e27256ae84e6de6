using System.Diagnostics;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>A message of the <see cref="Outbox"/>, whose lock guards its fields.</summary>
internal sealed class PendingPublish(OutgoingContent content, long order, long startedTimestamp)
    : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public OutgoingContent Content { get; } = content;

    /// <summary>Gets the activity that was current at the call of the publish.</summary>
    public Activity? Caller { get; } = Activity.Current;

    /// <summary>Gets the place in the order of all publishes.</summary>
    public long Order { get; } = order;

    /// <summary>Gets or sets the message before this one in a <see cref="PublishList"/>.</summary>
    public PendingPublish? Previous { get; set; }

    /// <summary>Gets or sets the message after this one in a <see cref="PublishList"/>.</summary>
    public PendingPublish? Next { get; set; }

    /// <summary>Gets when the publish was called.</summary>
    public long StartedTimestamp { get; } = startedTimestamp;

    public string MessageId => Content.MessageId;

    /// <summary>Gets the message's size in bytes, as the window counts it.</summary>
    public int Bytes => Content.Bytes;

    public Task<PublishResult> Result => Task;

    /// <summary>Gets a value indicating whether the message has its result. It may still have a place in the window.</summary>
    public bool IsResolved => Task.IsCompleted;

    /// <summary>Gets or sets how often the message was given to a channel.</summary>
    public int Attempts { get; set; }

    /// <summary>Gets or sets the publish sequence number on its current channel.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Gets or sets when the message was given to its current channel.</summary>
    public long WrittenTimestamp { get; set; }

    /// <summary>Gets or sets how many octets the connection has written at least when it has written the message.</summary>
    public long EndOffset { get; set; }

    /// <summary>Gets or sets when the message turned out to have passed the socket; 0: not yet.</summary>
    public long PassedTimestamp { get; set; }

    /// <summary>Gets or sets how often the broker nacked the message.</summary>
    public int Nacks { get; set; }

    /// <summary>Gets or sets a value indicating whether an attempt was lost before its confirm: a queue may have the message.</summary>
    public bool MayBeEnqueued { get; set; }

    /// <summary>Gets or sets why the broker returned or nacked the message at the last attempt.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the broker closed a channel because of this message or of another message on that channel. If it was another,
    /// a queue may have this message.
    /// </summary>
    public bool IsSuspect { get; set; }

    /// <summary>Gets or sets the registration for the caller's cancellation.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    public bool TryResolve(PublishOutcome outcome, string? reason, TimeSpan latency)
    {
        Cancellation.Unregister();
        return TrySetResult(new PublishResult(outcome, MessageId, Attempts, latency) { Reason = reason });
    }

    public bool TryCancel(CancellationToken cancellationToken) => TrySetCanceled(cancellationToken);
}

/// <summary>Why the broker did not take a message, and the outcome of the publish if no later attempt succeeds.</summary>
internal sealed record Refusal(PublishOutcome Outcome, string Reason);
