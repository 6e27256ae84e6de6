using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>A number of a verdict, with its name and what it means.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Meaning">Its definition in one line.</param>
/// <param name="Of">How it is shown.</param>
internal sealed record Measure(string Name, string Meaning, Func<Verdict, Html> Of)
{
    private static Measure Lost { get; } = new(
        "Lost", "confirmed, never received, and in no queue afterwards", static verdict => verdict.Gaps.Count is 0 ? Html.Of($"{Words.Count(verdict.Lost)}") : Html.Of($"?"));

    /// <summary>The numbers that matter most.</summary>
    public static IReadOnlyList<Measure> Main { get; } =
    [
        Count("Confirmed", "messages that the broker confirmed to the producer", verdict => verdict.Confirmed),
        Count("Received", "different messages of these producers that a consumer received", verdict => verdict.Received),
        Lost,
        Time("Outage", "longest silence of all consumers together", verdict => verdict.Outage),
        Time("Stall", "longest wait of the producer for a confirm", verdict => verdict.Stall),
        Time("Delay", "longest time from the moment at which a message was due (without a rate, its publish) to its first receipt; none when the two did not read the same clock", verdict => verdict.Delay),
    ];

    /// <summary>The others: all may be above zero in a run in which nothing was lost.</summary>
    public static IReadOnlyList<Measure> Further { get; } =
    [
        Count("Duplicated", "deliveries beyond the first of a message", verdict => verdict.Duplicated),
        Count("Flagged redelivered", "duplicates that the broker had flagged as redelivered", verdict => verdict.DuplicatedRedelivered),
        Count("Reordered", "received for the first time after a later message of the same producer", verdict => verdict.Reordered),
        Count("Missing", "on incomplete evidence: confirmed, and nothing that is left of it tells where they are", verdict => verdict.Missing),
        Count("Damaged", "deliveries of messages of ours with another body than was sent", verdict => verdict.Damaged),
        Count("Left behind", "confirmed and not received, but found in a queue after the run: late, not lost", verdict => verdict.LeftBehind),
        Count("Discarded", "confirmed, and gone with a queue that a fault deleted", verdict => verdict.Discarded),
        Count("Unknown", "messages whose fate the producer does not know; never called lost", verdict => verdict.Unknown),
        Count("Recovered", "unknown or returned to the producer, and yet received", verdict => verdict.Recovered),
        Count("Returned", "returned by the broker until their time was over", verdict => verdict.Returned),
        Count("Not sent", "never written to a connection", verdict => verdict.NotSent),
        Count("Omitted", "due by the rate asked for and never published: the producer waited, and did not catch up", verdict => verdict.Omitted),
        Count("Parked", "moved to the parked queue by the consumer, and so not received; lost, if not found there", verdict => verdict.Parked),
        Count("Without outcome", "received, and no producer tells what became of them", verdict => verdict.WithoutOutcome),
        Count("Unexpected", "deliveries of messages that no producer of the evidence sent", verdict => verdict.Unexpected),
    ];

    /// <summary>Percentiles of the wait for a confirm.</summary>
    public static IReadOnlyList<Measure> Confirms { get; } =
    [
        Latency("Confirm, median", "half of the confirms came within this time, counted from when each message was due", latency => latency.P50),
        Latency("Confirm, 99%", "99 of 100 confirms came within this time", latency => latency.P99),
        Latency("Confirm, 99.9%", "999 of 1,000 confirms came within this time", latency => latency.P999),
    ];

    /// <summary>The times of a fault that no verdict has as a whole.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> OfFaults { get; } =
    [
        ("Detect", "longest time from a session's last sign of life (a receipt, a confirm; at the earliest the injection, unless that was a command whose effect nobody checked) to the loss of its connection or channel"),
        ("Not noticed", "no session was lost while the fault lasted, and nothing checked its effect"),
        ("Reconnect", "longest time from a loss to an open connection"),
        ("Ready", "longest time from a lost session's last sign of life until it was ready again; none if one never was"),
    ];

    private static Measure Count(string name, string meaning, Func<Verdict, long> of) =>
        new(name, meaning, verdict => Html.Of($"{Words.Count(of(verdict))}"));

    private static Measure Time(string name, string meaning, Func<Verdict, TimeSpan?> of) =>
        new(name, meaning, verdict => Words.OrNone(of(verdict)));

    private static Measure Latency(string name, string meaning, Func<LatencySummary, double> of) =>
        new(name, meaning, verdict => Words.OrNone(verdict.ConfirmLatency is { } latency ? TimeSpan.FromMilliseconds(of(latency)) : null));
}
