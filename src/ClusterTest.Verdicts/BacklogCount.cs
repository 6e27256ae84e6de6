namespace ClusterTest.Verdicts;

/// <summary>
/// Adds up the backlog of each fault: the messages that were confirmed before the healing of the fault began, and that nobody had received at that moment.
/// Each message takes time that grows with the logarithm of the number of faults, and no memory.
/// </summary>
internal sealed class BacklogCount
{
    private readonly Dictionary<FaultRecord, int> _places = [];
    private readonly Healings _healings;

    // Each message changes the count where its time in the backlog begins and where it ends, however many healings began meanwhile.
    private readonly long[] _changes;

    // The latest receipt, and whether one is missing, among the messages of whose time in the backlog this healing is the first.
    private readonly DateTime[] _latest;
    private readonly bool[] _isUnreceived;

    internal BacklogCount(IEnumerable<FaultRecord> faults)
    {
        FaultRecord[] healed = [.. faults.Where(static fault => fault.HealingBegan is not null).OrderBy(static fault => fault.HealingBegan)];
        _healings = new Healings(healed);
        foreach (var fault in healed)
        {
            _places.Add(fault, _places.Count);
        }

        _changes = new long[healed.Length + 1];
        _latest = new DateTime[healed.Length];
        _isUnreceived = new bool[healed.Length];
    }

    /// <summary>Enters a confirmed message that was received.</summary>
    /// <param name="delay">From when the message was due to its first receipt.</param>
    /// <param name="confirmed">When the message was confirmed, if <see cref="Healings.BeganBetween"/> when it was due and then; otherwise null.</param>
    internal void Enter(Interval delay, DateTime? confirmed)
    {
        var first = _healings.Until(confirmed ?? delay.From);
        var end = _healings.Before(delay.To);
        if (first < end)
        {
            _changes[first]++;
            _changes[end]--;
            _latest[first] = _latest[first] > delay.To ? _latest[first] : delay.To;
        }
    }

    /// <summary>Enters a message that was confirmed at this moment, and never received.</summary>
    internal void EnterUnreceived(DateTime confirmed)
    {
        var first = _healings.Until(confirmed);
        _changes[first]++;
        if (first < _isUnreceived.Length)
        {
            _isUnreceived[first] = true;
        }
    }

    /// <summary>The number of messages in the backlog of a fault; null if its healing did not begin.</summary>
    internal long? Of(FaultRecord fault) => _places.TryGetValue(fault, out var place) ? _changes.Take(place + 1).Sum() : null;

    /// <summary>
    /// From when the healing of a fault began until all of its backlog had been received; null if a part never was, or the healing did not begin.
    /// </summary>
    internal TimeSpan? CatchUpOf(FaultRecord fault)
    {
        if (!_places.TryGetValue(fault, out var place) || _isUnreceived.Take(place + 1).Contains(true))
        {
            return null;
        }

        var (began, latest) = (fault.HealingBegan!.Value, _latest.Take(place + 1).Max());
        return latest > began ? latest - began : TimeSpan.Zero;
    }
}
