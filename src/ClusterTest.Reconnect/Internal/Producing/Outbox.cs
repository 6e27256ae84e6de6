using ClusterTest.Reconnect.Internal.Connections;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// Every message of a producer from the call to its result: in order, within the window, over any number of channels. The outbox knows no connection and
/// runs no task: sessions take messages, and report what became of them.
/// </summary>
internal sealed partial class Outbox(
    int window,
    TimeSpan timeout,
    TimeProvider time,
    Action<PublishOutcome, TimeSpan> onResolved,
    long windowBytes = long.MaxValue,
    Action? onRepublished = null)
{
    private readonly Lock _lock = new();
    private readonly PublishList _unresolved = new();                           // by age: first the messages in the window, then the backlog
    private readonly Queue<PendingPublish> _fresh = new();                      // messages in the window, to be written for the first time
    private readonly PriorityQueue<PendingPublish, long> _again = new();        // messages in the window, to be written again, which are older
    private readonly PriorityQueue<PendingPublish, long> _nacked = new();       // messages in the window, to be written at a certain time
    private readonly HashSet<InFlight> _channels = [];                          // channels that may be written to
    private readonly Queue<InFlight> _idle = new();                             // channels whose writers wait for a message
    private readonly Signal _change = new();
    private readonly PublishBurst _burst = new(time);
    private long _accepted;
    private long _confirmed;
    private long _republished;
    private long _returned;
    private long _nacks;
    private PendingPublish? _backlog;                                           // the first message beyond the window
    private int _inWindow;
    private long _bytesInWindow;
    private int _inFlight;
    private long _unresolvedBytes;
    private bool _closed;
    private Exception? _failure;
    private IReadOnlyList<string> _unconfirmedAtEnd = [];

    public ProducerStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new ProducerStatistics(_accepted, _confirmed, _inFlight, _republished, _returned, _nacks, _unresolved.Count);
            }
        }
    }

    /// <summary>Gets or sets the largest frame of the connection that was opened last, in bytes; 0: no limit.</summary>
    public uint FrameMax { get; set; } = Link.MaxFrameSize;

    // A loop that publishes is woken for many messages together.
    private bool HasAmpleRoom => _unresolved.Count <= Ample(window) && _unresolvedBytes <= Ample(windowBytes);

    private bool HasRoom => _unresolved.Count < window && _unresolvedBytes < windowBytes;

    /// <summary>Adds a message. The messages are published in the order of the calls.</summary>
    /// <exception cref="ObjectDisposedException">The producer has stopped.</exception>
    public PendingPublish Add(OutgoingContent content, CancellationToken cancellationToken)
    {
        PendingPublish publish;
        Wakeup? writer;
        lock (_lock)
        {
            ThrowIfClosed();
            publish = new PendingPublish(content, _accepted++, time.GetTimestamp());
            _unresolvedBytes += publish.Bytes;
            _unresolved.AddLast(publish);
            _backlog ??= publish;
            Admit();
            writer = FindWriter();
            if (_burst.Note(publish.StartedTimestamp, HasRoom))
            {
                WakeHolding();
            }
        }

        if (cancellationToken.CanBeCanceled)
        {
            CancelWith(publish, cancellationToken);
        }

        writer?.Run();
        return publish;
    }

    /// <summary>Waits until the window has room for another message.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_closed || HasRoom)
            {
                return Task.CompletedTask;
            }
        }

        return WaitForBurstAsync(cancellationToken);
    }

    /// <summary>Waits until every message has its result.</summary>
    public Task WaitUntilEmptyAsync(CancellationToken cancellationToken) => WaitUntilAsync(() => _unresolved.Count == 0, cancellationToken);

    /// <summary>Resolves the messages whose deadline has passed, and lets nacked messages be written again when their time has come.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            while (_unresolved.First is { } oldest && IsOverdue(oldest))
            {
                ResolveUnconfirmed(oldest);
            }

            var now = time.GetTimestamp();
            while (_nacked.TryPeek(out var nacked, out var due) && (due <= now || nacked.IsResolved))
            {
                PutBack(_nacked.Dequeue());
            }

            DropResolved();
            if (HasRoom)
            {
                _change.Set(); // there may be no ample room for long, if much of the window waits for a channel that hangs
            }
        }
    }

    /// <summary>Accepts no more messages, and resolves all that have no result yet.</summary>
    /// <param name="exception">Why the producer had to end; <see langword="null"/> when the user stopped it.</param>
    /// <returns>The ids of the messages that were unconfirmed at the first call, in order.</returns>
    public IReadOnlyList<string> Shut(Exception? exception = null)
    {
        lock (_lock)
        {
            _failure ??= exception;
            if (!_closed)
            {
                _closed = true;
                _unconfirmedAtEnd = [.. _unresolved.All().Select(static publish => publish.MessageId)];
                while (_unresolved.First is { } publish)
                {
                    ResolveUnconfirmed(publish);
                }

                _change.Set();
            }

            return _unconfirmedAtEnd;
        }
    }

    private void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_closed && _failure is null, typeof(ClusterProducer));
        if (_failure is not null)
        {
            throw new ObjectDisposedException($"The producer has ended: {_failure.Message}", _failure);
        }
    }

    private bool IsOverdue(PendingPublish publish) =>
        timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(publish.StartedTimestamp) >= timeout;

    private static long Ample(long limit) => limit - Math.Max(1, limit / 8);

    // A message that is larger than the window is admitted alone.
    private void Admit()
    {
        while (_backlog is { } next && _inWindow < window && (_inWindow == 0 || _bytesInWindow + next.Bytes <= windowBytes))
        {
            _backlog = next.Next;
            _inWindow++;
            _bytesInWindow += next.Bytes;
            _fresh.Enqueue(next);
        }
    }

    private void PutBack(PendingPublish publish)
    {
        if (publish.IsResolved)
        {
            Leave(publish);
            return;
        }

        _again.Enqueue(publish, publish.Order);
        WakeWriter();
    }

    // Frees a place in the window for the next message of the backlog.
    private void Leave(PendingPublish publish)
    {
        _inWindow--;
        _bytesInWindow -= publish.Bytes;
        Admit();
        WakeWriter();
    }

    // During a long interruption no channel takes the resolved messages out of the window.
    private void DropResolved()
    {
        while (Waiting is { IsResolved: true })
        {
            Leave(TakeWaiting());
        }
    }

    // What was given to a channel before is older than what never was.
    private PendingPublish? Waiting => _again.TryPeek(out var older, out _) || _fresh.TryPeek(out older) ? older : null;

    private PendingPublish TakeWaiting() => _again.Count > 0 ? _again.Dequeue() : _fresh.Dequeue();

    private void WakeWriter()
    {
        if (FindWriter() is { } writer)
        {
            writer.GoOn();
        }
    }

    /// <summary>Finds the idle channel that had no message for longest, if a message waits.</summary>
    /// <returns>What wakes its writer. The caller must do that.</returns>
    private Wakeup? FindWriter()
    {
        while (Waiting is not null && _idle.TryDequeue(out var channel))
        {
            channel.IsQueued = false;
            if (channel.IsIdle && channel.Writer.TryTake())
            {
                channel.IsIdle = false;
                return channel.Writer;
            }
        }

        return null;
    }

    private void CancelWith(PendingPublish publish, CancellationToken cancellationToken)
    {
        publish.Cancellation = cancellationToken.UnsafeRegister((_, token) => Cancel(publish, token), null);
        if (publish.IsResolved)
        {
            publish.Cancellation.Unregister(); // the message was resolved before the registration was stored
        }
    }

    private void Cancel(PendingPublish publish, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (publish.TryCancel(cancellationToken))
            {
                CountResolved(publish);
            }
        }
    }

    private void ResolveUnconfirmed(PendingPublish publish)
    {
        var (outcome, reason) = publish switch
        {
            { MayBeEnqueued: true } or { IsSuspect: true } => (PublishOutcome.Unknown, null),
            { Attempts: 0 } => (PublishOutcome.NotSent, null),
            { Refusal: { } refusal } => (refusal.Outcome, refusal.Reason),
            _ => (PublishOutcome.Unknown, (string?)null),
        };
        Resolve(publish, outcome, reason);
    }

    private bool Resolve(PendingPublish publish, PublishOutcome outcome, string? reason = null)
    {
        var latency = time.GetElapsedTime(publish.StartedTimestamp);
        if (!publish.TryResolve(outcome, reason, latency))
        {
            return false;
        }

        CountResolved(publish);
        onResolved(outcome, latency);
        return true;
    }

    private void CountResolved(PendingPublish publish)
    {
        _backlog = _backlog == publish ? publish.Next : _backlog;
        _unresolved.Remove(publish);
        _unresolvedBytes -= publish.Bytes;
        if (HasAmpleRoom)
        {
            _change.Set();
        }
    }

    private async Task WaitForBurstAsync(CancellationToken cancellationToken)
    {
        await WaitUntilAsync(() => _closed || HasRoom, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _burst.Begin(window - _unresolved.Count);
        }
    }

    private async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (condition())
                {
                    return;
                }

                change = _change.WaitAsync();
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
