using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>The steps of one fault, and the time that it answers for.</summary>
internal sealed class FaultRecord(FaultEvent fault, DateTime injected)
{
    /// <summary>
    /// The longest time for which a confirm may have been on its way when a queue was deleted. A message that was confirmed earlier had time to be received.
    /// </summary>
    internal static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(1);

    private DateTime? _healing;
    private DateTime? _failed;

    internal FaultEvent Fault => fault;

    internal DateTime Injected => injected;

    internal DateTime? Effective { get; private set; }

    internal DateTime? Healed { get; private set; }

    /// <summary>Gets when the healing of the fault began, or the fault was over by itself, if that was written; null otherwise.</summary>
    internal DateTime? HealingBegan => OverByItself ?? _healing;

    /// <summary>Gets when the healing of the fault began; null if it never began.</summary>
    internal DateTime? Healing => HealingBegan ?? Healed;

    /// <summary>
    /// Gets when the fault took effect; for a fault that never did, or that was over then, when its injection began.
    /// </summary>
    internal DateTime Began => OverByItself is null ? Effective ?? injected : injected;

    /// <summary>Gets from when on nothing had to wait for the fault: when it was over, by itself or as in <see cref="Over"/>.</summary>
    internal DateTime Undone => OverByItself ?? Over;

    /// <summary>
    /// Gets a value indicating whether the fault may keep messages away: it concerns a node, or it is a command, of which only the user knows what it breaks.
    /// </summary>
    internal bool MayKeepMessages => fault.Node is not null || fault.Checked is false;

    internal string? Failure { get; private set; }

    /// <summary>Gets how a cluster manager moved or restarted the broker; null if no step tells it.</summary>
    internal FailoverTimes? Failover { get; private set; }

    /// <summary>
    /// Gets when the fault was over: when it was healed, as one that failed may be, too; if it was not, when it had failed; the end of time if neither
    /// happened.
    /// </summary>
    internal DateTime Over => Healed ?? _failed ?? DateTime.MaxValue;

    private DateTime? OverByItself => fault.OverWhenEffective ? Effective : null;

    /// <summary>Gets or sets the end of the fault's window. The window does not contain its end.</summary>
    internal DateTime End { get; set; } = DateTime.MaxValue;

    internal void Enter(FaultEvent step, DateTime at)
    {
        Failover ??= step.Failover;
        switch (step.Step)
        {
            case FaultStep.Effective:
                Effective ??= at;
                break;
            case FaultStep.Healing:
                _healing ??= at;
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
    /// Tells whether the fault took away a message with this wait for its confirm. The message was confirmed before the fault took effect, or its confirm
    /// was on its way then; but the confirm was not so early that the message had time to be received.
    /// </summary>
    internal bool TookAway(Interval publish, string? clock) =>
        fault.TakesMessages && Effective is { } effective && clock == fault.Clock
        && publish.From < effective && publish.To - effective <= OnItsWay && Injected - publish.To <= OnItsWay;
}
