using System.Diagnostics;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>A message on its way to being confirmed. Its fields belong to the <see cref="Outbox"/>'s lock.</summary>
internal sealed class PendingPublish
{
    private readonly TaskCompletionSource<PublishResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingPublish(OutgoingContent content, long order, long startedTimestamp)
    {
        (Content, Order, StartedTimestamp) = (content, order, startedTimestamp);
        Place = new(this);
    }

    public OutgoingContent Content { get; }

    /// <summary>Gets what was current when the publish was asked for.</summary>
    public Activity? Caller { get; } = Activity.Current;

    /// <summary>Gets the place in the order of all publishes.</summary>
    public long Order { get; }

    /// <summary>Gets the place among those that have no result yet.</summary>
    public LinkedListNode<PendingPublish> Place { get; }

    /// <summary>Gets when the publish was asked for.</summary>
    public long StartedTimestamp { get; }

    public string MessageId => Content.MessageId;

    /// <summary>Gets what the message takes of the window in bytes.</summary>
    public int Bytes => Content.Bytes;

    public Task<PublishResult> Result => _result.Task;

    /// <summary>Gets a value indicating whether the caller has its answer; the window may still hold a place for it.</summary>
    public bool IsResolved => _result.Task.IsCompleted;

    /// <summary>Gets or sets how often the message was handed to a channel.</summary>
    public int Attempts { get; set; }

    /// <summary>Gets or sets the publish sequence number on its current channel.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Gets or sets when the message was handed to its current channel.</summary>
    public long WrittenTimestamp { get; set; }

    /// <summary>Gets or sets how many octets its connection has written once the message is among them.</summary>
    public long EndOffset { get; set; }

    /// <summary>Gets or sets when the message was found to have passed the socket, or 0.</summary>
    public long PassedTimestamp { get; set; }

    /// <summary>Gets or sets how often the broker nacked it.</summary>
    public int Nacks { get; set; }

    /// <summary>Gets or sets a value indicating whether an attempt was lost before its confirm: a queue may have the message.</summary>
    public bool MayBeEnqueued { get; set; }

    /// <summary>Gets or sets what the broker said against the attempt that was made last: it returned or nacked the message.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the broker closed a channel for this message or for one beside it: in the latter case a queue may
    /// have this one.
    /// </summary>
    public bool IsSuspect { get; set; }

    /// <summary>Gets or sets what undoes the caller's cancellation.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    public bool TryResolve(PublishOutcome outcome, string? reason, TimeSpan latency)
    {
        Cancellation.Unregister();
        return _result.TrySetResult(new PublishResult(outcome, MessageId, Attempts, latency) { Reason = reason });
    }

    public bool TryCancel(CancellationToken cancellationToken) => _result.TrySetCanceled(cancellationToken);
}

/// <summary>What the broker said against a message, and what its outcome is if that stays.</summary>
internal sealed record Refusal(PublishOutcome Outcome, string Reason);
