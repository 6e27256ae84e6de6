namespace ClusterTest.Verdicts;

/// <summary>How one fault was felt, from its injection until the next one's after it was over, or the end. Times are null where nothing happened, or clocks differ.</summary>
/// <param name="Id">Its number in the drill, from 1.</param>
/// <param name="Fault">Its name.</param>
/// <param name="Node">The node; null if it concerns no single one.</param>
/// <param name="Role">What was on the node, as in <see cref="ClusterTest.Events.FaultEvent"/>.</param>
/// <param name="Injected">When its injection began.</param>
/// <param name="Effective">When it had taken effect; null if it never did.</param>
/// <param name="Healed">When it was undone; null if it was not.</param>
/// <param name="Failure">Why it could not be injected or healed; null if it could.</param>
/// <param name="Outage">Longest silence of the consumers that overlaps the fault.</param>
/// <param name="Stall">Longest wait for a confirm that overlaps the fault.</param>
/// <param name="Delay">Longest time from the moment at which a message was due to its receipt that overlaps the fault.</param>
/// <param name="Consumer">How the consumers' sessions came through; null if none was lost.</param>
/// <param name="Producer">How the producers' sessions came through; null if none was lost.</param>
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
    /// <summary>Whether nothing undoes it, as far as anybody has said.</summary>
    public bool StaysBroken { get; init; }

    /// <summary>Whether whoever injected it made sure of its effect. If not, <see cref="Injected"/> and <see cref="Effective"/> are when a command started and ended; null if that is not known.</summary>
    public bool? Checked { get; init; }

    /// <summary>Whether its effect was checked, or a session was lost while it lasted; null if that is not known.</summary>
    public bool? Noticed { get; init; }
}
