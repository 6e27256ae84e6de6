namespace ClusterTest.Verdicts;

/// <summary>Adds up the messages that were late, and those that waited through each fault.</summary>
internal sealed class LateCount(LateRule rule)
{
    private readonly Dictionary<FaultRecord, long> _byFault = [];

    internal long OfAll => _byFault.Values.Sum();

    /// <summary>Gets the longest time from when a late message was due to its first receipt; null if no message was late.</summary>
    internal TimeSpan? Longest { get; private set; }

    internal long Of(FaultRecord fault) => _byFault.GetValueOrDefault(fault);

    /// <summary>Enters a confirmed message that was received.</summary>
    /// <param name="delay">From when the message was due to its first receipt.</param>
    /// <param name="confirmed">As in <see cref="LateRule.FindLast"/>.</param>
    internal void Enter(Interval delay, DateTime? confirmed)
    {
        if (rule.FindLast(delay, confirmed) is { } fault)
        {
            _byFault[fault] = Of(fault) + 1;
            Longest = Longest > delay.Length ? Longest : delay.Length;
        }
    }
}
