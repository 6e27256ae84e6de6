using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>All faults of the evidence.</summary>
internal sealed class FaultHistory
{
    private readonly Dictionary<(string Source, int Id), FaultRecord> _faults = [];

    private FaultHistory(IEnumerable<Entry> steps)
    {
        foreach (var entry in steps)
        {
            Enter(entry.Source, (FaultEvent)entry.Event, entry.At);
        }
    }

    /// <summary>The faults that these steps are of, as <see cref="Close"/> gives them.</summary>
    internal static IReadOnlyList<FaultRecord> Of(IEnumerable<Entry> steps) => new FaultHistory(steps).Close();

    private void Enter(string source, FaultEvent step, DateTime at)
    {
        if (!_faults.TryGetValue((source, step.Id), out var fault))
        {
            _faults[(source, step.Id)] = fault = new FaultRecord(step, at);
        }

        fault.Enter(step, at);
    }

    /// <summary>
    /// The faults in the order of injection, each with its window. The window of a fault ends at the first injection after the fault was over.
    /// If another fault begins before that, both faults answer for the time that they share.
    /// </summary>
    private List<FaultRecord> Close()
    {
        List<FaultRecord> faults =
        [
            .. _faults
                .OrderBy(static fault => fault.Value.Injected)
                .ThenBy(static fault => fault.Key.Id)
                .ThenBy(static fault => fault.Key.Source, StringComparer.Ordinal)
                .Select(static fault => fault.Value),
        ];
        foreach (var fault in faults)
        {
            fault.End = faults
                .Where(next => next.Fault.Clock == fault.Fault.Clock && next.Injected >= fault.Over && next.Injected > fault.Injected)
                .Select(static next => next.Injected)
                .FirstOrDefault(DateTime.MaxValue);
        }

        return faults;
    }
}
