namespace ClusterTest.Reconnect.Internal;

/// <summary>What the channels tell the outbox of the messages that they took from it.</summary>
internal sealed partial class Outbox
{
    /// <summary>Takes in a <c>basic.ack</c>.</summary>
    public void Confirm(InFlight channel, ulong sequence, bool multiple)
    {
        lock (_lock)
        {
            foreach (var publish in Settled(channel, sequence, multiple))
            {
                _inFlight--;
                if (publish.IsReturned)
                {
                    PutBack(publish);
                    continue;
                }

                if (Resolve(publish, PublishOutcome.Confirmed))
                {
                    _confirmed++;
                }

                Leave();
            }
        }
    }

    /// <summary>Takes in a <c>basic.nack</c>: the broker did not take the messages; they wait to be written again.</summary>
    public void Nack(InFlight channel, ulong sequence, bool multiple)
    {
        lock (_lock)
        {
            foreach (var publish in Settled(channel, sequence, multiple))
            {
                _inFlight--;
                publish.MayBeEnqueued = true;
                PutBack(publish);
            }
        }
    }

    /// <summary>Takes in a <c>basic.return</c>; the confirm that follows it is no success.</summary>
    public void Return(InFlight channel, string messageId)
    {
        lock (_lock)
        {
            if (channel.FindUnreturned(messageId) is { } publish)
            {
                publish.IsReturned = true;
                _returned++;
            }
        }
    }

    /// <summary>Lets nothing more be written to a channel; its confirms still count.</summary>
    public void Close(InFlight channel)
    {
        lock (_lock)
        {
            channel.IsClosed = true;
            Signal(ref _work);
        }
    }

    /// <summary>Gives up a channel: what it did not confirm waits to be written again, in its original order and before newer messages.</summary>
    /// <returns>The number of messages that went back.</returns>
    public int Lose(InFlight channel)
    {
        lock (_lock)
        {
            channel.IsClosed = true;
            var count = 0;
            foreach (var publish in channel.TakeAll())
            {
                _inFlight--;
                publish.MayBeEnqueued |= !publish.IsReturned;
                PutBack(publish);
                count++;
            }

            Signal(ref _work);
            return count;
        }
    }

    /// <summary>Gives when the longest-waiting message of a channel was written, or 0 when all are confirmed.</summary>
    public long OldestWrite(InFlight channel)
    {
        lock (_lock)
        {
            return channel.Oldest?.WrittenTimestamp ?? 0;
        }
    }

    public bool IsEmpty(InFlight channel)
    {
        lock (_lock)
        {
            return channel.Count == 0;
        }
    }

    private static IEnumerable<PendingPublish> Settled(InFlight channel, ulong sequence, bool multiple)
    {
        if (multiple)
        {
            return channel.TakeUpTo(sequence);
        }

        return channel.Take(sequence) is { } publish ? [publish] : [];
    }
}
