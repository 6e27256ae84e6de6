using ClusterTest.Cli;

namespace ClusterTest.Lab.Verdicts;

/// <summary>What became of the messages, and how long the faults were felt. Times are null where nothing could be measured.</summary>
public sealed record Verdict
{
    /// <summary>Messages that the broker confirmed.</summary>
    public required long Confirmed { get; init; }

    /// <summary>Messages of the evidence's producers that a consumer received, each counted once; parked ones count as received.</summary>
    public required long Received { get; init; }

    /// <summary>Messages that were confirmed, never received, and not found in a queue afterwards.</summary>
    public required long Lost { get; init; }

    /// <summary>The first of the lost ones, at most <see cref="MostNamed"/>.</summary>
    public required IReadOnlyList<MessageKey> LostMessages { get; init; }

    /// <summary>Confirmed messages that went with a queue which a fault deleted: they were on their way when it did.</summary>
    public required long Discarded { get; init; }

    /// <summary>Confirmed messages that no consumer received, but that were found in a queue after the run: late, not lost.</summary>
    public required long LeftBehind { get; init; }

    /// <summary>Deliveries beyond the first of a message.</summary>
    public required long Duplicated { get; init; }

    /// <summary>How many of the duplicates the broker had flagged as redelivered.</summary>
    public required long DuplicatedRedelivered { get; init; }

    /// <summary>Messages received for the first time after a later one of the same producer, at the same consumer.</summary>
    public required long Reordered { get; init; }

    /// <summary>Deliveries of messages that no producer of the evidence sent.</summary>
    public required long Unexpected { get; init; }

    /// <summary>Messages whose fate the producer does not know: perhaps in the queue. Never called lost.</summary>
    public required long Unknown { get; init; }

    /// <summary>Messages that were unknown to the producer, or reported as returned, and yet received.</summary>
    public required long Recovered { get; init; }

    /// <summary>Messages that the broker returned until their time was over.</summary>
    public required long Returned { get; init; }

    /// <summary>Messages that were never written to a connection.</summary>
    public required long NotSent { get; init; }

    /// <summary>Messages that the consumer moved to the parked queue.</summary>
    public required long Parked { get; init; }

    /// <summary>Longest silence of all consumers together, from the first receipt to the last; with several clocks, of the consumer that was silent longest.</summary>
    public required TimeSpan? Outage { get; init; }

    /// <summary>Longest wait for a confirm.</summary>
    public required TimeSpan? Stall { get; init; }

    /// <summary>Longest time from publish to first receipt; null when producer and consumer did not read the same clock.</summary>
    public required TimeSpan? Delay { get; init; }

    /// <summary>Percentiles of the time from publish to confirm.</summary>
    public required LatencySummary? ConfirmLatency { get; init; }

    /// <summary>Each fault, in the order of injection.</summary>
    public required IReadOnlyList<FaultAccount> Faults { get; init; }

    /// <summary>Most lost messages that are named one by one.</summary>
    public const int MostNamed = 100;
}

/// <summary>A message: its number in a producer's run.</summary>
public readonly record struct MessageKey(string Run, long Sequence);

/// <summary>How one fault was felt, from its injection until the next fault's or the end. Times are null where nothing happened, or clocks differ.</summary>
/// <param name="Id">Its number in the drill, from 1.</param>
/// <param name="Fault">Its name.</param>
/// <param name="Node">The node; null if it concerns no single one.</param>
/// <param name="Role">What was on the node, as in <see cref="ClusterTest.Cli.Events.FaultEvent"/>.</param>
/// <param name="Injected">When its injection began.</param>
/// <param name="Effective">When it had taken effect; null if it never did.</param>
/// <param name="Healed">When it was undone; null if it was not.</param>
/// <param name="Failure">Why it could not be injected or healed; null if it could.</param>
/// <param name="Outage">Longest silence of the consumers that overlaps the fault.</param>
/// <param name="Stall">Longest wait for a confirm that overlaps the fault.</param>
/// <param name="Delay">Longest time from publish to receipt that overlaps the fault.</param>
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
    RecoveryTimes? Producer);

/// <summary>How sessions came through a fault.</summary>
/// <param name="Detect">From the injection to the first loss of a connection or channel.</param>
/// <param name="Reconnect">Longest time from a loss to an open connection; null if none came back.</param>
/// <param name="Ready">From the injection until the last of the lost sessions was ready again; null if one never was.</param>
public sealed record RecoveryTimes(TimeSpan Detect, TimeSpan? Reconnect, TimeSpan? Ready);
