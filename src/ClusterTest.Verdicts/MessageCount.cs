namespace ClusterTest.Verdicts;

/// <summary>Adds up what became of all messages.</summary>
internal sealed class MessageCount
{
    private readonly bool _parkedQueueWasEmptied;
    private readonly List<MessageKey> _unaccounted = [];

    /// <summary>Adds them up.</summary>
    /// <param name="messages">The messages of the evidence's producers.</param>
    /// <param name="parkedQueueWasEmptied">Whether somebody looked into the parked queue. If so, every parked message has to have been found there.</param>
    internal MessageCount(IEnumerable<(MessageKey Key, MessageRecord Record)> messages, bool parkedQueueWasEmptied)
    {
        _parkedQueueWasEmptied = parkedQueueWasEmptied;
        foreach (var (key, record) in messages)
        {
            Duplicated += record.Duplicates;
            DuplicatedRedelivered += record.DuplicatesRedelivered;
            Parked += record.IsParked ? 1 : 0;
            switch (record.Outcome)
            {
                case MessageOutcome.Confirmed:
                    CountConfirmed(key, record);
                    break;
                case MessageOutcome.None:
                    WithoutOutcome += record.IsReceived ? 1 : 0;
                    break;
                default:
                    Unknown += record.Outcome is MessageOutcome.Unknown ? 1 : 0;
                    Returned += record.Outcome is MessageOutcome.Returned ? 1 : 0;
                    NotSent += record.Outcome is MessageOutcome.NotSent ? 1 : 0;
                    Recovered += record.IsReceived ? 1 : 0;
                    break;
            }
        }
    }

    /// <summary>
    /// Gets how many messages are confirmed and in none of the places where they should be. They are lost if the evidence is complete, else missing.
    /// </summary>
    internal long Unaccounted { get; private set; }

    /// <summary>Gets the first of these messages.</summary>
    internal IReadOnlyList<MessageKey> UnaccountedMessages => _unaccounted;

    internal long ConfirmedReceived { get; private set; }

    internal long Discarded { get; private set; }

    internal long LeftBehind { get; private set; }

    internal long Duplicated { get; }

    internal long DuplicatedRedelivered { get; }

    internal long Unknown { get; }

    internal long Recovered { get; }

    internal long Returned { get; }

    internal long NotSent { get; }

    internal long Parked { get; }

    internal long WithoutOutcome { get; }

    // Here a message is lost: confirmed, not received, not parked, in no queue afterwards, and not taken away by a fault.
    private void CountConfirmed(MessageKey key, MessageRecord record)
    {
        ConfirmedReceived += record.IsReceived ? 1 : 0;
        if (record.IsReceived || record.Has(MessageMarks.FoundParked) || (record.Has(MessageMarks.Parked) && !_parkedQueueWasEmptied))
        {
            return;
        }

        if (record.Has(MessageMarks.Drained))
        {
            LeftBehind++;
        }
        else if (record.Has(MessageMarks.Discarded))
        {
            Discarded++;
        }
        else
        {
            Unaccounted++;
            if (_unaccounted.Count < Verdict.MostNamed)
            {
                _unaccounted.Add(key);
            }
        }
    }
}
