using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// How one fault was felt. The account begins at the injection of the fault, and ends at the first injection after the fault was over, or at the end of
/// the evidence. A time is null where nothing happened, or where clocks differ.
/// </summary>
/// <param name="Id">Its number in the drill, from 1.</param>
/// <param name="Fault">Its name.</param>
/// <param name="Node">The node; null if the fault concerns no single node.</param>
/// <param name="Role">What was on the node, as in <see cref="FaultEvent"/>.</param>
/// <param name="Injected">When the injection began.</param>
/// <param name="Effective">When the fault had taken effect; null if it never did.</param>
/// <param name="Healed">When the fault was undone; null if it was not.</param>
/// <param name="Failure">Why the fault could not be injected or healed; null if it could.</param>
/// <param name="Outage">Longest silence of the consumers that overlaps the fault.</param>
/// <param name="Stall">Longest wait for a confirm that overlaps the fault.</param>
/// <param name="Delay">Longest time, of those that overlap the fault, from when a message was due to its receipt.</param>
/// <param name="Consumer">How the consumers' sessions came through the fault; null if none was lost.</param>
/// <param name="Producer">How the producers' sessions came through the fault; null if none was lost.</param>
public sealed record FaultAccount(
    int Id,
    string Fault,
    string? Node,
    string? Role,
    DateTimeOffset Injected,
    DateTimeOffset? Effective,
    DateTimeOffset? Healed,
    string? Failure,
    TimeSpan? Outage,
    TimeSpan? Stall,
    TimeSpan? Delay,
    RecoveryTimes? Consumer,
    RecoveryTimes? Producer)
{
    /// <summary>
    /// Messages that waited through the fault, as in <see cref="Verdict.Late"/>. A message that waited through several faults counts for the one whose healing
    /// began last. Null if clocks differ.
    /// </summary>
    public long? Late { get; init; }

    /// <summary>
    /// Messages that were confirmed before the healing of the fault began, and that nobody had received at that moment. Null if it did not begin, if
    /// clocks differ, or while the evidence is incomplete: a message whose receipt is missing would seem to wait.
    /// </summary>
    public long? Backlog { get; init; }

    /// <summary>
    /// Time from when the healing of the fault began until the last message of its backlog was first received. Null if one never was, or where there is no
    /// <see cref="Backlog"/>.
    /// </summary>
    public TimeSpan? CatchUp { get; init; }

    /// <summary>Whether the fault stays, since nothing is known that undoes it.</summary>
    public bool StaysBroken { get; init; }

    /// <summary>
    /// Whether the injector made sure that the fault took effect; null if that is not known. If false, <see cref="Injected"/> and
    /// <see cref="Effective"/> are the times at which a command started and ended.
    /// </summary>
    public bool? Checked { get; init; }

    /// <summary>Whether the effect of the fault was checked, or a session was lost while the fault lasted; null if that is not known.</summary>
    public bool? Noticed { get; init; }

    /// <summary>
    /// How a cluster manager moved or restarted the broker after the fault, as the lab measured it; null if no cluster manager did. Differing clocks do not
    /// matter.
    /// </summary>
    public FailoverTimes? Failover { get; init; }
}
