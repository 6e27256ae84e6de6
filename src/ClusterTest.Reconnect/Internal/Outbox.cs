namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Every message of a producer from the call to its result: in order, within the window, over any number of channels. It knows no
/// connection and does no waiting of its own; sessions take from it and tell it what became of what they took.
/// </summary>
internal sealed partial class Outbox(int window, TimeSpan timeout, TimeProvider time, Action<PublishOutcome, TimeSpan> onResolved)
{
    private readonly Lock _lock = new();
    private readonly Queue<PendingPublish> _byAge = new();                      // all, for their deadlines
    private readonly Queue<PendingPublish> _backlog = new();                    // beyond the window
    private readonly PriorityQueue<PendingPublish, long> _waiting = new();      // in the window, to be written
    private TaskCompletionSource? _work;    // made by who waits, so that a busy producer makes none
    private TaskCompletionSource? _change;
    private long _accepted;
    private long _confirmed;
    private long _republished;
    private long _returned;
    private int _inWindow;
    private int _inFlight;
    private int _unresolved;
    private bool _closed;

    public ProducerStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new ProducerStatistics(_accepted, _confirmed, _inFlight, _republished, _returned, _unresolved);
            }
        }
    }

    /// <summary>Takes a message in; the order of calls is the order of publishing.</summary>
    /// <exception cref="ObjectDisposedException">The producer has stopped.</exception>
    public PendingPublish Add(OutgoingMessage message, CancellationToken cancellationToken)
    {
        PendingPublish publish;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ClusterProducer));
            publish = new PendingPublish(message, _accepted++, time.GetTimestamp());
            _unresolved++;
            _byAge.Enqueue(publish);
            if (_inWindow < window)
            {
                Admit(publish);
            }
            else
            {
                _backlog.Enqueue(publish);
            }
        }

        if (cancellationToken.CanBeCanceled)
        {
            publish.Cancellation = cancellationToken.UnsafeRegister((_, token) => Cancel(publish, token), null);
            if (publish.IsResolved)
            {
                publish.Cancellation.Unregister(); // resolved before there was anything to undo
            }
        }

        return publish;
    }

    /// <summary>Waits until the window has room for another message.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => WaitUntilAsync(() => _closed || _unresolved < window, cancellationToken);

    /// <summary>Waits until every message has its result.</summary>
    public Task WaitUntilEmptyAsync(CancellationToken cancellationToken) => WaitUntilAsync(() => _unresolved == 0, cancellationToken);

    /// <summary>Takes the next message to write, and enters it as in flight on a channel.</summary>
    /// <returns>The message, or <see langword="null"/> when there is none, or when nothing more may be written to this channel.</returns>
    public PendingPublish? TryTake(InFlight channel)
    {
        lock (_lock)
        {
            while (!channel.IsClosed && _waiting.TryDequeue(out var publish, out _))
            {
                if (publish.IsResolved)
                {
                    Leave();
                    continue;
                }

                publish.Attempts++;
                publish.WrittenTimestamp = time.GetTimestamp();
                publish.IsReturned = false;
                channel.Add(publish);
                _inFlight++;
                if (publish.Attempts > 1)
                {
                    _republished++;
                    ClusterMetrics.Republish(1);
                }

                return publish;
            }

            return null;
        }
    }

    /// <summary>Waits until there may be a message to take.</summary>
    /// <returns><see langword="false"/> when nothing more may be written to this channel.</returns>
    public async ValueTask<bool> WaitForWorkAsync(InFlight channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task work;
            lock (_lock)
            {
                if (channel.IsClosed || _waiting.Count > 0)
                {
                    return !channel.IsClosed;
                }

                work = Await(ref _work);
            }

            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Resolves the messages whose deadline has passed.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            while (_byAge.TryPeek(out var oldest) && (oldest.IsResolved || IsOverdue(oldest)))
            {
                ResolveUnconfirmed(_byAge.Dequeue());
            }

            DropResolved();
        }
    }

    /// <summary>Takes no more messages and resolves all that are left.</summary>
    /// <returns>The ids of the messages that were still unconfirmed, in order.</returns>
    public IReadOnlyList<string> Shut()
    {
        lock (_lock)
        {
            _closed = true;
            List<string> unconfirmed = [];
            while (_byAge.TryDequeue(out var publish))
            {
                if (ResolveUnconfirmed(publish))
                {
                    unconfirmed.Add(publish.Message.MessageId);
                }
            }

            Signal(ref _change);
            return unconfirmed;
        }
    }

    private bool IsOverdue(PendingPublish publish) => timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(publish.StartedTimestamp) >= timeout;

    private static Task Await(ref TaskCompletionSource? signal) =>
        (signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private static void Signal(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }

    private void Admit(PendingPublish publish)
    {
        _inWindow++;
        _waiting.Enqueue(publish, publish.Order);
        Signal(ref _work);
    }

    private void PutBack(PendingPublish publish)
    {
        if (publish.IsResolved)
        {
            Leave();
            return;
        }

        _waiting.Enqueue(publish, publish.Order);
        Signal(ref _work);
    }

    // A place in the window is free: the next in the backlog gets it.
    private void Leave()
    {
        _inWindow--;
        while (_backlog.TryDequeue(out var next))
        {
            if (!next.IsResolved)
            {
                Admit(next);
                return;
            }
        }
    }

    // In a long outage no channel comes to take them.
    private void DropResolved()
    {
        while (_waiting.TryPeek(out var first, out _) && first.IsResolved)
        {
            _waiting.Dequeue();
            Leave();
        }

        while (_backlog.TryPeek(out var next) && next.IsResolved)
        {
            _backlog.Dequeue();
        }
    }

    private void Cancel(PendingPublish publish, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (publish.TryCancel(cancellationToken))
            {
                CountResolved();
            }
        }
    }

    private bool ResolveUnconfirmed(PendingPublish publish)
    {
        var outcome = (publish.MayBeEnqueued, publish.Attempts, publish.IsReturned) switch
        {
            (false, 0, _) => PublishOutcome.NotSent,
            (false, _, true) => PublishOutcome.Returned,
            _ => PublishOutcome.Unknown,
        };
        return Resolve(publish, outcome);
    }

    private bool Resolve(PendingPublish publish, PublishOutcome outcome)
    {
        var latency = time.GetElapsedTime(publish.StartedTimestamp);
        if (!publish.TryResolve(outcome, latency))
        {
            return false;
        }

        CountResolved();
        onResolved(outcome, latency);
        return true;
    }

    private void CountResolved()
    {
        _unresolved--;
        if (_unresolved < window)
        {
            Signal(ref _change);
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

                change = Await(ref _change);
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
