using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// The numbers of a verdict. Each is named and defined here, once. This list makes what the terminal, the page and the comparison show, and the
/// published schema and page of <c>report.json</c>.
/// </summary>
internal static class Measures
{
    internal static Measure Confirmed { get; } = Count("confirmed", "messages that the broker confirmed", static verdict => verdict.Confirmed);

    /// <summary>Null while the evidence is incomplete: then no message is known to be lost, nor is it known that none is.</summary>
    internal static Measure Lost { get; } = new(
        "lost", MeasureUnit.Count, "confirmed, never received, in no queue afterwards", static verdict => verdict.Gaps.Count is 0 ? verdict.Lost : null);

    internal static Measure Duplicated { get; } = Count("duplicated", "deliveries beyond the first of a message", static verdict => verdict.Duplicated);

    internal static Measure Reordered { get; } = Count("reordered", "first received after a later one of its producer", static verdict => verdict.Reordered);

    /// <summary>Null where clocks differ: then nobody can tell.</summary>
    internal static Measure Late { get; } = new(
        "late", MeasureUnit.Count, "confirmed, waited through a fault", static verdict => verdict.Late)
    {
        Note = "not lost: published before that fault, first received after its healing began; none if there were faults, and clocks differ",
    };

    internal static Measure Lateness { get; } = Time("lateness", "longest delay of a late message", static verdict => verdict.Lateness);

    internal static Measure Outage { get; } = Time("outage", "longest silence of all consumers together", static verdict => verdict.Outage);

    internal static Measure Stall { get; } = Time("stall", "longest wait of a producer for a confirm", static verdict => verdict.Stall);

    internal static Measure Delay { get; } = Time("delay", "longest time from due to first receipt", static verdict => verdict.Delay) with
    {
        Note = "without a rate, from the publish; none when producer and consumer did not read the same clock",
    };

    /// <summary>The numbers that matter most.</summary>
    internal static IReadOnlyList<Measure> Main { get; } =
    [
        Confirmed,
        Count("received", "different messages that a consumer received", static verdict => verdict.Received) with { Note = "of these producers" },
        Lost,
        Outage,
        Stall,
        Delay,
    ];

    /// <summary>The other numbers: each may be above zero in a run in which nothing was lost.</summary>
    internal static IReadOnlyList<Measure> Further { get; } =
    [
        Duplicated,
        Count("duplicated redelivered", "those that the broker had flagged as redelivered", static verdict => verdict.DuplicatedRedelivered),
        Reordered,
        Late,
        Lateness,
        Count("missing", "confirmed; the evidence left does not tell where", static verdict => verdict.Missing),
        Count("damaged", "received with another body than was sent", static verdict => verdict.Damaged),
        Count("left behind", "confirmed, not received, in a queue after the run", static verdict => verdict.LeftBehind) with { Note = "not lost" },
        Count("discarded", "confirmed, gone with a queue that a fault deleted", static verdict => verdict.Discarded),
        Count("unknown", "not confirmed in time: perhaps in the queue", static verdict => verdict.Unknown) with { Note = "never called lost" },
        Count("recovered", "not confirmed, and yet received", static verdict => verdict.Recovered),
        Count("returned", "returned by the broker until their time was over", static verdict => verdict.Returned),
        Count("not sent", "never written to a connection", static verdict => verdict.NotSent),
        Count("omitted", "due, and never published: the producer waited", static verdict => verdict.Omitted) with { Note = "and it did not catch up" },
        Count("parked", "moved to the parked queue, and so not received", static verdict => verdict.Parked) with { Note = "lost, if they are not found there" },
        Count("without outcome", "received, and no producer tells their outcome", static verdict => verdict.WithoutOutcome),
        Count("unexpected", "deliveries of messages of no known producer", static verdict => verdict.Unexpected),
    ];

    /// <summary>The numbers of a comparison at a glance, in its order.</summary>
    internal static IReadOnlyList<Measure> Compared { get; } =
    [
        .. from name in (string[])["confirmed", "lost", "late", "lateness", "duplicated", "reordered", "outage", "stall", "delay"]
           from measure in Main.Concat(Further)
           where measure.Name == name
           select measure,
    ];

    /// <summary>Percentiles of the wait for a confirm.</summary>
    internal static IReadOnlyList<Measure> Confirms { get; } =
    [
        Confirm("p50", static latency => latency.P50),
        Confirm("p90", static latency => latency.P90),
        Confirm("p99", static latency => latency.P99),
        Confirm("p99.9", static latency => latency.P999),
        Confirm("max", static latency => latency.Max),
    ];

    internal static Measure<FaultAccount> OutageOfFault { get; } = new(
        "outage", MeasureUnit.Milliseconds, "longest silence of the consumers that overlaps the fault", static fault => fault.Outage?.TotalMilliseconds);

    /// <summary>How long a fault was felt, by all programs together.</summary>
    internal static IReadOnlyList<Measure<FaultAccount>> OfFault { get; } =
    [
        OutageOfFault,
        new("stall", MeasureUnit.Milliseconds, "longest wait for a confirm that overlaps the fault", static fault => fault.Stall?.TotalMilliseconds),
        new(
            "delay",
            MeasureUnit.Milliseconds,
            "longest time from when a message was due to its first receipt that overlaps the fault",
            static fault => fault.Delay?.TotalMilliseconds),
    ];

    internal static Measure<FaultAccount> LateOfFault { get; } = new(
        "late",
        MeasureUnit.Count,
        "late messages that waited through the fault; one that waited through several counts for the one whose healing began last",
        static fault => fault.Late);

    internal static Measure<FaultAccount> BacklogOfFault { get; } = new(
        "backlog",
        MeasureUnit.Count,
        "confirmed before the healing of the fault began, and received by nobody until then; a few were on their way; "
            + "none if the healing did not begin, or the evidence is incomplete",
        static fault => fault.Backlog);

    internal static Measure<FaultAccount> CatchUpOfFault { get; } = new(
        "catch-up",
        MeasureUnit.Milliseconds,
        "from when the healing of the fault began until the last message of its backlog was first received; "
            + "none if one never was, or where there is no backlog",
        static fault => fault.CatchUp?.TotalMilliseconds)
    {
        Property = "catch_up_ms",
    };

    /// <summary>All numbers of a fault.</summary>
    internal static IReadOnlyList<Measure<FaultAccount>> AllOfFault { get; } = [.. OfFault, LateOfFault, BacklogOfFault, CatchUpOfFault];

    /// <summary>Tells whether a fault left a backlog that is worth telling: what is on its way at any moment is received sooner.</summary>
    internal static bool HasLongCatchUp(FaultAccount fault) => fault.CatchUp > TimeSpan.FromSeconds(1);

    internal static Measure<RecoveryTimes> Ready { get; } = new(
        "ready",
        MeasureUnit.Milliseconds,
        "longest time from a lost session's last sign of life until it was ready again; none if one never was",
        static times => times.Ready?.TotalMilliseconds);

    /// <summary>How the sessions of one program came through a fault.</summary>
    internal static IReadOnlyList<Measure<RecoveryTimes>> OfRecovery { get; } =
    [
        new(
            "detect",
            MeasureUnit.Milliseconds,
            "longest time from a session's last sign of life "
                + "(a receipt, a confirm; at the earliest the injection, unless that was a command whose effect nobody checked) "
                + "to the loss of its connection or channel",
            static times => times.Detect?.TotalMilliseconds),
        new("reconnect", MeasureUnit.Milliseconds, "longest time from a loss to an open connection", static times => times.Reconnect?.TotalMilliseconds),
        Ready,
    ];

    /// <summary>What <see cref="FailoverTimes.Host"/> tells.</summary>
    internal static string HostOfFailover => "host that the broker runs on after the fault";

    /// <summary>How long each step took by which a cluster manager moved or restarted a broker.</summary>
    internal static IReadOnlyList<Measure<FailoverTimes>> OfFailover { get; } =
    [
        Step("detection", "from the injection of the fault until the other hosts knew that the broker's host was gone", static times => times.Detection),
        Step("decision", "from when the others knew that the host was gone until its fencing was requested", static times => times.Decision),
        Step("fencing", "from the request for fencing until the host was known to be off", static times => times.Fencing),
        Step("address", "from when the host was known to be off until the virtual address was on the new host", static times => times.Address),
        Step("start", "from when the broker's start was requested until it answered AMQP", static times => times.Start),
    ];

    /// <summary>The sum of the steps. No property of <c>report.json</c>: a program can add them.</summary>
    internal static Measure<FailoverTimes> TotalOfFailover { get; } = new(
        "total",
        MeasureUnit.Milliseconds,
        "sum of the steps of a failover that have a time",
        static times => OfFailover.Select(step => step.Of(times)).Aggregate(static (sum, step) => sum is null ? step : sum + (step ?? 0)));

    /// <summary>All numbers of a verdict as a whole.</summary>
    internal static IReadOnlyList<Measure> All { get; } = [.. Main, .. Further, .. Confirms];

    private static Measure Count(string name, string meaning, Func<Verdict, long> of) => new(name, MeasureUnit.Count, meaning, verdict => of(verdict));

    private static Measure Time(string name, string meaning, Func<Verdict, TimeSpan?> of) =>
        new(name, MeasureUnit.Milliseconds, meaning, verdict => of(verdict)?.TotalMilliseconds);

    private static Measure<FailoverTimes> Step(string name, string meaning, Func<FailoverTimes, TimeSpan?> of) =>
        new(name, MeasureUnit.Milliseconds, meaning, times => of(times)?.TotalMilliseconds)
        {
            Note = "none if this did not happen",
        };

    private static Measure Confirm(string percentile, Func<LatencySummary, double> of) => new(
        $"confirm latency {percentile}",
        MeasureUnit.Milliseconds,
        percentile is "max"
            ? "longest time from when a message was due to its confirm"
            : $"{percentile[1..]} of 100 confirms came within this time of when their message was due",
        verdict => verdict.ConfirmLatency is { } latency ? of(latency) : null)
    {
        Property = $"confirm_latency.{percentile.Replace('.', '_')}",
    };
}
