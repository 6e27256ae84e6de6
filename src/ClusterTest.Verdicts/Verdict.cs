using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>What became of the messages, and how long the faults were felt. Times are null where nothing could be measured.</summary>
public sealed record Verdict
{
    /// <summary>What the numbers mean, by the rule that all commands share.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>Why the outcome is not <see cref="Outcome.Passed"/>, one sentence for each reason; the gravest first.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Longest outage allowed; null if there is no limit.</summary>
    public TimeSpan? MaxOutage { get; init; }

    /// <summary>Messages that the broker confirmed.</summary>
    public required long Confirmed { get; init; }

    /// <summary>Messages of the evidence's producers that a consumer received, each counted once.</summary>
    public required long Received { get; init; }

    /// <summary>Messages that were both confirmed and received.</summary>
    public long ConfirmedReceived { get; init; }

    /// <summary>
    /// Messages that were confirmed, never received, and not found in a queue afterwards. Zero while the evidence is incomplete: see <see cref="Missing"/>.
    /// </summary>
    public required long Lost { get; init; }

    /// <summary>The first of the lost messages, at most <see cref="MostNamed"/>.</summary>
    public required IReadOnlyList<MessageKey> LostMessages { get; init; }

    /// <summary>On incomplete evidence: messages that were confirmed, and of which the rest of the evidence does not tell where they are.</summary>
    public long Missing { get; init; }

    /// <summary>Confirmed messages that went with a queue which a fault deleted: they were on their way at that moment.</summary>
    public required long Discarded { get; init; }

    /// <summary>Confirmed messages that no consumer received, and that were found in a queue after the run: they are not lost.</summary>
    public required long LeftBehind { get; init; }

    /// <summary>Deliveries beyond the first of a message.</summary>
    public required long Duplicated { get; init; }

    /// <summary>How many of the duplicates the broker had flagged as redelivered.</summary>
    public required long DuplicatedRedelivered { get; init; }

    /// <summary>Messages received for the first time after a later one of the same producer, at the same consumer.</summary>
    public required long Reordered { get; init; }

    /// <summary>
    /// Confirmed messages that waited through a fault. Such a message was due before a fault took effect, was confirmed before that fault was healed, and was
    /// first received after its healing had begun. Null if there were faults and the clocks of lab, producers and consumers differ.
    /// </summary>
    public long? Late { get; init; }

    /// <summary>Longest time from when a late message was due to its first receipt; null if no message is known to have been late.</summary>
    public TimeSpan? Lateness { get; init; }

    /// <summary>Deliveries of messages that no producer of the evidence sent.</summary>
    public required long Unexpected { get; init; }

    /// <summary>Messages of which the producer does not know whether they are in the queue. They never count as lost.</summary>
    public required long Unknown { get; init; }

    /// <summary>Messages that were unknown to the producer, or reported as returned or not sent, and yet received.</summary>
    public required long Recovered { get; init; }

    /// <summary>Messages that the broker returned until their deadline had passed.</summary>
    public required long Returned { get; init; }

    /// <summary>Messages that were never written to a connection.</summary>
    public required long NotSent { get; init; }

    /// <summary>Messages that were due by their producer's rate, and never published, because the producer waited for the broker.</summary>
    public long Omitted { get; init; }

    /// <summary>
    /// Messages of the evidence's producers that a consumer moved to the parked queue. They do not count as received. If somebody looked into the parked
    /// queue and did not find such a message there, the message is lost.
    /// </summary>
    public required long Parked { get; init; }

    /// <summary>Messages of the evidence's producers that were received, while no producer tells an outcome of them.</summary>
    public long WithoutOutcome { get; init; }

    /// <summary>Deliveries, of messages of the evidence's producers, with another body than the producer had sent.</summary>
    public long Damaged { get; init; }

    /// <summary>
    /// Longest silence of all consumers together, from the first receipt to the last, or to the producers' last line if something was published after the
    /// last receipt. If the consumers read several clocks, the longest silence of a single consumer.
    /// </summary>
    public required TimeSpan? Outage { get; init; }

    /// <summary>Longest wait for a confirm. A wait counts also if no confirm came and the message's fate stayed unknown.</summary>
    public required TimeSpan? Stall { get; init; }

    /// <summary>Longest time from when a message was due to its first receipt; null if producer and consumer did not read the same clock.</summary>
    public required TimeSpan? Delay { get; init; }

    /// <summary>
    /// Percentiles of the time from when a message was due to its confirm. An omitted message counts with the time until its producer went on.
    /// </summary>
    public required LatencySummary? ConfirmLatency { get; init; }

    /// <summary>Producers in the evidence. Without a producer, nothing can be called lost.</summary>
    public int Producers { get; init; }

    /// <summary>Consumers in the evidence. Without a consumer, every message would be called lost.</summary>
    public int Consumers { get; init; }

    /// <summary>What is missing from the evidence, one sentence for each gap; empty if the evidence is complete.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>What went wrong in the run, in the order in which it was told.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>Why the run could not begin; null if it began.</summary>
    internal string? NotRun => Problems.FirstOrDefault(static problem => problem.Kind is ProblemKind.NotRun or ProblemKind.Skipped)?.Detail;

    /// <summary>Whether the run could not begin, and nobody asked for it by name.</summary>
    internal bool IsSkipped => Problems.Any(static problem => problem.Kind is ProblemKind.Skipped);

    /// <summary>Faults that a drill planned and never began.</summary>
    public int Untried { get; init; }

    /// <summary>Each fault, in the order of injection.</summary>
    public required IReadOnlyList<FaultAccount> Faults { get; init; }

    /// <summary>How many lost messages are named one by one, at most.</summary>
    public const int MostNamed = 100;
}
