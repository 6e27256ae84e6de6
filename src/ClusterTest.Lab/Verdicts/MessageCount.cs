namespace ClusterTest.Lab.Verdicts;

/// <summary>Adds up what became of all messages.</summary>
internal sealed class MessageCount
{
    private readonly List<MessageKey> _lost = [];

    internal MessageCount(IEnumerable<(MessageKey Key, MessageRecord Record)> messages)
    {
        foreach (var (key, record) in messages)
        {
            Duplicated += record.Duplicates;
            DuplicatedRedelivered += record.DuplicatesRedelivered;
            Parked += record.Has(MessageMarks.Parked) ? 1 : 0;
            if (record.Outcome is MessageMarks.Confirmed)
            {
                Confirm(key, record);
            }
            else
            {
                Unknown += record.Outcome is MessageMarks.Unknown ? 1 : 0;
                Returned += record.Outcome is MessageMarks.Returned ? 1 : 0;
                NotSent += record.Outcome is MessageMarks.NotSent ? 1 : 0;
                Recovered += record is { IsReceived: true, Outcome: not MessageMarks.None } ? 1 : 0;
            }
        }
    }

    internal long Lost { get; private set; }

    /// <summary>Gets the first of the lost ones.</summary>
    internal IReadOnlyList<MessageKey> LostMessages => _lost;

    internal long Discarded { get; private set; }

    internal long LeftBehind { get; private set; }

    internal long Duplicated { get; }

    internal long DuplicatedRedelivered { get; }

    internal long Unknown { get; }

    internal long Recovered { get; }

    internal long Returned { get; }

    internal long NotSent { get; }

    internal long Parked { get; }

    private void Confirm(MessageKey key, MessageRecord record)
    {
        if (record.IsReceived)
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
            Lost++;
            if (_lost.Count < Verdict.MostNamed)
            {
                _lost.Add(key);
            }
        }
    }
}
