using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>The steps of one fault, and the time that it answers for.</summary>
internal sealed class FaultRecord(FaultEvent fault, DateTime injected)
{
    /// <summary>A confirm may have been on its way for so long when a queue was deleted: what was confirmed earlier had its time to be received.</summary>
    internal static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(1);

    private DateTime? _failed;

    internal FaultEvent Fault => fault;

    internal DateTime Injected => injected;

    internal DateTime? Effective { get; private set; }

    internal DateTime? Healed { get; private set; }

    internal string? Failure { get; private set; }

    /// <summary>Gets when it was over: healed or failed, whichever came last; the end of time if neither did.</summary>
    internal DateTime Over => Healed is null && _failed is null ? DateTime.MaxValue : (Healed ?? DateTime.MinValue) > (_failed ?? DateTime.MinValue) ? Healed!.Value : _failed!.Value;

    /// <summary>Gets or sets the end of its window, which is not part of it.</summary>
    internal DateTime End { get; set; } = DateTime.MaxValue;

    internal void Enter(FaultEvent step, DateTime at)
    {
        switch (step.Step)
        {
            case FaultStep.Effective:
                Effective ??= at;
                break;
            case FaultStep.Healed:
                Healed = at;
                break;
            case FaultStep.Failed:
                _failed = at;
                Failure = step.Detail ?? "it failed";
                break;
            default:
                break;
        }
    }

    internal bool Covers(DateTime moment) => Injected <= moment && moment < End;

    internal bool Overlaps(Interval interval) => interval.From < End && interval.To >= Injected;

    /// <summary>
    /// Tells whether a message with this wait for its confirm went with what this fault took away: it was confirmed before that, or was on
    /// its way then, and not so early that it had its time to be received.
    /// </summary>
    internal bool TookAway(Interval publish, string? clock) =>
        fault.TakesMessages && Effective is { } effective && clock == fault.Clock
        && publish.From < effective && publish.To - effective <= OnItsWay && Injected - publish.To <= OnItsWay;
}
