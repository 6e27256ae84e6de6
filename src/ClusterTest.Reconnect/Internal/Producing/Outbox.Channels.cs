using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Sessions;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>The side of the outbox that channels use: they take messages, and report what became of them.</summary>
internal sealed partial class Outbox
{
    // If other channels confirm messages that were written this much later, a channel that confirms nothing gets no more messages.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(500);

    // To hold the client library's loop back costs as much as a few writes.
    private const int LeastTogether = 8;

    private long _lastConfirmedWrite;

    /// <summary>Takes the next message to write, and adds it to the channel's messages in flight.</summary>
    /// <returns>The message, or <see langword="null"/> when no message waits, or when this channel may have no more now.</returns>
    public PendingPublish? TryTake(InFlight channel)
    {
        lock (_lock)
        {
            if (FindNext(channel) is not { } publish)
            {
                return null;
            }

            TakeWaiting();
            publish.Attempts++;
            publish.WrittenTimestamp = time.GetTimestamp();
            publish.Refusal = null;
            channel.Add(publish);
            if (channel.Cork.TakeMiss())
            {
                _burst.Miss();
            }

            if (publish.Bytes < WriteProgress.Least && (_burst.ExpectsMore || _fresh.Count + _again.Count >= LeastTogether))
            {
                channel.Cork.Hold();
            }

            _inFlight++;
            if (publish.Attempts > 1)
            {
                _republished++;
                onRepublished?.Invoke();
            }

            return publish;
        }
    }

    /// <summary>Waits until there may be a message to take. Each channel waits in one task only.</summary>
    /// <returns><see langword="false"/> when nothing more may be written to this channel.</returns>
    public async ValueTask<bool> WaitForWorkAsync(InFlight channel, CancellationToken cancellationToken)
    {
        using var cancelling = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(_ => Wake(channel), null) : default;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ValueTask work;
            lock (_lock)
            {
                if (channel.IsClosed || FindNext(channel) is not null || EndsBurst(channel))
                {
                    return !channel.IsClosed;
                }

                // If messages wait and the channel may not have them, the channel has messages in flight: their results make room.
                channel.IsIdle = Waiting is null;
                if (!channel.IsIdle)
                {
                    WakeWriter();
                }
                else if (!channel.IsQueued)
                {
                    channel.IsQueued = true;
                    _idle.Enqueue(channel);
                }

                work = channel.Writer.WaitAsync();
            }

            await work.ConfigureAwait(false);
        }
    }

    /// <summary>Whether a channel that has no message to write holds messages back, and nothing more follows for it at once.</summary>
    public bool HasEndedBurst(InFlight channel)
    {
        lock (_lock)
        {
            return EndsBurst(channel);
        }
    }

    /// <summary>Wakes another channel if a message waits: this one cannot write now.</summary>
    public void PassOn()
    {
        lock (_lock)
        {
            WakeWriter();
        }
    }

    /// <summary>Handles a <c>basic.ack</c>.</summary>
    public void Confirm(InFlight channel, ulong sequence, bool multiple)
    {
        PendingPublish? confirmed = null;
        long now;
        lock (_lock)
        {
            now = time.GetTimestamp();
            while (TakeSettled(channel, sequence, multiple, now) is { } publish)
            {
                channel.LastConfirmedWrite = Math.Max(channel.LastConfirmedWrite, publish.WrittenTimestamp);
                _lastConfirmedWrite = Math.Max(_lastConfirmedWrite, publish.WrittenTimestamp);
                if (publish.Refusal is not null)
                {
                    PutBack(publish); // the broker returned the message before
                    continue;
                }

                if (publish.TryResolve(PublishOutcome.Confirmed, null, time.GetElapsedTime(publish.StartedTimestamp, now)))
                {
                    CountResolved(publish);
                    _confirmed++;
                    (publish.Next, confirmed) = (confirmed, publish);
                }

                Leave(publish);
            }

            WakeIfRoom(channel);
        }

        // The listeners of metrics are the user's code, and need no lock.
        while (confirmed is { } publish)
        {
            (confirmed, publish.Next) = (publish.Next, null);
            onResolved(PublishOutcome.Confirmed, time.GetElapsedTime(publish.StartedTimestamp, now));
        }
    }

    /// <summary>
    /// Handles a <c>basic.nack</c>: the broker did not take the messages, for example because the queue is full. The messages keep their places in the
    /// window and are written again after a while, on any channel. A nack is back-pressure, and no reason to give the channel up.
    /// </summary>
    public void Nack(InFlight channel, ulong sequence, bool multiple)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (TakeSettled(channel, sequence, multiple, now) is { } publish)
            {
                _nacks++;
                publish.Refusal ??= new Refusal(PublishOutcome.Nacked, "nacked by the broker: the queue is full, or has failed");
                _nacked.Enqueue(publish, DueAfterNack(publish));
            }

            WakeIfRoom(channel);
        }
    }

    /// <summary>Handles a <c>basic.return</c>. The broker confirms a returned message, too, but that confirm is no success.</summary>
    public void Return(InFlight channel, ulong sequence, string reason)
    {
        lock (_lock)
        {
            if (channel.Find(sequence) is { Refusal: null } publish)
            {
                publish.Refusal = new Refusal(PublishOutcome.Returned, reason);
                _returned++;
            }
        }
    }

    /// <summary>Resolves a message that cannot be written and was not written. The next message gets its number on the channel.</summary>
    public void Withdraw(InFlight channel, PendingPublish publish, string reason)
    {
        lock (_lock)
        {
            if (channel.TakeLast(publish))
            {
                Refuse(publish, reason);
                channel.Writer.Set();
            }
        }
    }

    /// <summary>Resolves a message that may have been written or not. The message keeps its number on the channel.</summary>
    public void Doubt(PendingPublish publish, string reason)
    {
        lock (_lock)
        {
            Resolve(publish, PublishOutcome.Unknown, reason);
        }
    }

    /// <summary>
    /// Handles a channel that the broker closed because it does not accept one of the channel's messages. That message is refused. If it cannot be
    /// identified, all messages of the channel become suspects, and are written again one at a time.
    /// </summary>
    /// <param name="channel">The channel, to which nothing more may be written.</param>
    /// <param name="bodyLength">The length of the message's body, if the broker named it.</param>
    /// <param name="reason">What the broker said.</param>
    public void Blame(InFlight channel, int? bodyLength, string reason)
    {
        lock (_lock)
        {
            var culprit = bodyLength is { } length ? channel.FindBody(length) : null;
            if ((culprit ?? (channel.Count == 1 ? channel.Oldest : null)) is { } found)
            {
                channel.Take(found.Sequence);
                Refuse(found, reason);
            }
            else
            {
                channel.Blame();
            }
        }
    }

    /// <summary>Closes a channel for further messages. Its confirms still count.</summary>
    public void Close(InFlight channel)
    {
        lock (_lock)
        {
            CloseNow(channel);
        }
    }

    /// <summary>Gives up a channel. Its unconfirmed messages wait to be written again, in their original order and before newer messages.</summary>
    /// <returns>The number of messages that went back.</returns>
    public int Lose(InFlight channel)
    {
        lock (_lock)
        {
            CloseNow(channel);
            var count = 0;
            foreach (var publish in channel.TakeAll())
            {
                _inFlight--;
                publish.MayBeEnqueued |= publish.Refusal is null && !channel.IsBlamed;
                PutBack(publish);
                count++;
            }

            return count;
        }
    }

    /// <summary>
    /// Gives since when a channel has confirmed none of its unconfirmed messages, or 0 when it has none. As long as the oldest message has not passed the
    /// socket, octets that pass the socket are progress, too.
    /// </summary>
    public long QuietSince(InFlight channel, WriteProgress written)
    {
        lock (_lock)
        {
            if (channel.Oldest is not { } oldest)
            {
                return 0;
            }

            if (oldest.PassedTimestamp == 0)
            {
                if (written.Octets < oldest.EndOffset)
                {
                    return Math.Max(channel.ProgressTimestamp, written.Timestamp);
                }

                oldest.PassedTimestamp = written.Timestamp;
            }

            return Math.Max(channel.ProgressTimestamp, oldest.PassedTimestamp);
        }
    }

    public bool IsEmpty(InFlight channel)
    {
        lock (_lock)
        {
            return channel.Count == 0;
        }
    }

    // If the deadline passes during an attempt, the result is unknown, although the nack said that no queue has the message. So shortly before the deadline
    // the message is not written again.
    private long DueAfterNack(PendingPublish publish)
    {
        var due = time.GetTimestamp() + Ticks(Backoff.Delay(publish.Nacks++));
        var deadline = publish.StartedTimestamp + Ticks(timeout);
        return timeout != Timeout.InfiniteTimeSpan && due > deadline - Ticks(timeout / 10) ? deadline : due;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // The result is unknown if a broker with other limits may have taken the message in an earlier attempt.
    private void Refuse(PendingPublish publish, string reason)
    {
        _inFlight--;
        Resolve(publish, publish.MayBeEnqueued ? PublishOutcome.Unknown : PublishOutcome.Refused, reason);
        Leave(publish);
    }

    private PendingPublish? FindNext(InFlight channel)
    {
        if (channel.IsClosed)
        {
            return null;
        }

        _channels.Add(channel);
        DropResolved();
        return Waiting is { } next && MayHave(channel, next) ? next : null;
    }

    // A channel has only its share of the window, so that a channel that hangs does not hold the whole window. A suspect is written alone.
    private bool MayHave(InFlight channel, PendingPublish next)
    {
        if (channel.Oldest is not { } oldest)
        {
            return true;
        }

        var count = _channels.Count;
        var share = ((long)window + count - 1) / count;
        channel.RoomMark = int.MaxValue;
        if (channel.Count >= share)
        {
            channel.RoomMark = (int)Ample(share);
            return false;
        }

        return channel.Bytes + next.Bytes <= windowBytes / count && !next.IsSuspect && !oldest.IsSuspect && !IsBehind(channel, oldest);
    }

    // Whether the broker confirms, on other channels, messages that were written later.
    private bool IsBehind(InFlight channel, PendingPublish oldest)
    {
        var reached = Math.Max(channel.LastConfirmedWrite, oldest.WrittenTimestamp);
        return _channels.Count > 1 && _lastConfirmedWrite > reached && time.GetElapsedTime(reached, _lastConfirmedWrite) > Lead;
    }

    private void CloseNow(InFlight channel)
    {
        channel.IsClosed = true;
        channel.Writer.Set();
        _channels.Remove(channel);
        for (var rest = channel.IsQueued ? _idle.Count : 0; rest > 0; rest--)
        {
            if (_idle.Dequeue() is var idle && idle != channel)
            {
                _idle.Enqueue(idle);
            }
        }

        channel.IsQueued = false;
        foreach (var other in _channels)
        {
            other.Writer.Set(); // the others' shares have grown
        }
    }

    private PendingPublish? TakeSettled(InFlight channel, ulong sequence, bool multiple, long now)
    {
        if ((multiple ? channel.TakeNext(sequence) : channel.Take(sequence)) is not { } publish)
        {
            return null;
        }

        _inFlight--;
        publish.MayBeEnqueued |= publish.IsSuspect;
        publish.IsSuspect = false;
        channel.ProgressTimestamp = now;
        return publish;
    }

    private bool EndsBurst(InFlight channel) => channel.Cork.IsHeld && (!_burst.ExpectsMore || Waiting is not null);

    private void WakeHolding()
    {
        foreach (var channel in _channels)
        {
            if (channel.Cork.IsHeld)
            {
                channel.Writer.Set();
            }
        }
    }

    private static void WakeIfRoom(InFlight channel)
    {
        if (!channel.IsIdle && channel.Count <= channel.RoomMark)
        {
            channel.Writer.Set();
        }
    }

    private void Wake(InFlight channel)
    {
        lock (_lock)
        {
            channel.Writer.Set();
        }
    }
}
