namespace ClusterTest.Verdicts;

/// <summary>
/// Finds the fault that a message waited through. The message was due before the fault took effect, was confirmed before the fault was healed, and was
/// first received after the healing had begun. A fault that is over when it takes effect begins with its injection, and is healed then.
/// Each look-up finds its place in time that grows with the logarithm of the number of faults. From there <see cref="FindLast"/> goes back over the
/// faults that do not fit, one by one: those that had begun when the message was due, and those that were over when it was confirmed. The former are
/// faults that overlap, the latter meet only messages that waited at their producer.
/// </summary>
internal sealed class LateRule
{
    private readonly FaultRecord[] _byHealing;
    private readonly DateTime[] _healings;
    private readonly DateTime[] _ends;

    // The latest beginning among the faults up to each fault, in either order: faults overlap.
    private readonly DateTime[] _latestByHealing;
    private readonly DateTime[] _latestByEnd;

    /// <summary>Takes what it needs of the faults.</summary>
    /// <param name="faults">
    /// The faults, in the order of injection. Of two whose healing began at the same time, the one that comes later counts as the last.
    /// </param>
    internal LateRule(IEnumerable<FaultRecord> faults)
    {
        FaultRecord[] healed = [.. faults.Where(static fault => fault is { MayKeepMessages: true, Healing: not null })];
        _byHealing = [.. healed.OrderBy(static fault => fault.Healing)];
        FaultRecord[] byEnd = [.. healed.OrderBy(static fault => fault.Undone)];
        _healings = [.. _byHealing.Select(static fault => fault.Healing!.Value)];
        _ends = [.. byEnd.Select(static fault => fault.Undone)];
        _latestByHealing = LatestBeginnings(_byHealing);
        _latestByEnd = LatestBeginnings(byEnd);
    }

    /// <summary>Tells whether the producer waited for the confirm from before a fault until that fault was over.</summary>
    /// <param name="wait">From when the message was due to its confirm.</param>
    internal bool IsStalledThroughFault(Interval wait)
    {
        var over = Moments.Count(_ends, wait.To, including: true);
        return over > 0 && _latestByEnd[over - 1] > wait.From;
    }

    /// <summary>The fault that a message waited through, and of several the one whose healing began last; null if there is none.</summary>
    /// <param name="delay">From when the message was due to its first receipt.</param>
    /// <param name="confirmed">When the message was confirmed; it may be null unless <see cref="IsStalledThroughFault"/>.</param>
    internal FaultRecord? FindLast(Interval delay, DateTime? confirmed)
    {
        for (var i = Moments.Count(_healings, delay.To, including: false) - 1; i >= 0 && _latestByHealing[i] > delay.From; i--)
        {
            if (_byHealing[i].Began > delay.From && !(confirmed >= _byHealing[i].Undone))
            {
                return _byHealing[i];
            }
        }

        return null;
    }

    private static DateTime[] LatestBeginnings(FaultRecord[] faults)
    {
        var latest = DateTime.MinValue;
        return [.. faults.Select(fault => latest = fault.Began > latest ? fault.Began : latest)];
    }
}
