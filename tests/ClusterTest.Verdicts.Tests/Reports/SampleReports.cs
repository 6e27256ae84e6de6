using ClusterTest.Events;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Verdicts.Tests.Reports;

/// <summary>Reports as drills give them, made up: the same at every call.</summary>
internal static class SampleReports
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 25, 2, TimeSpan.Zero);

    private static readonly string[] Kinds = ["stop_app", "kill", "freeze"];
    private static readonly double[] Percentiles = [0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100];

    private static readonly DrillEnvironment Environment = new(
        "0.1.0", "10.0.1", "Debian GNU/Linux 12, 2 processors", ["rabbit1 3.10.8", "rabbit2 3.10.8", "rabbit3 3.10.8"], "HAProxy 2.6.12", "localhost:5670");

    /// <summary>A drill with one session of which nothing was lost.</summary>
    public static DrillReport Passed() => Report(Outcome.Passed, [], Variant("", outage: 1));

    /// <summary>Lost messages, an outage over the limit, and a consumer that never became ready.</summary>
    public static DrillReport Failed()
    {
        var variant = Variant("", outage: 18);
        var verdict = variant.Judgement.Verdict with
        {
            Lost = 3,
            ConfirmedReceived = variant.Judgement.Verdict.Confirmed - 3,
            LostMessages = [new MessageKey("5f1c2a", 812), new MessageKey("5f1c2a", 813), new MessageKey("5f1c2a", 1204)],
        };
        return Report(
            Outcome.Failed,
            ["3 confirmed messages were lost.", "The outage of fault 8, freeze on rabbit2, was longer than 5s."],
            variant with { Judgement = variant.Judgement with { Verdict = verdict } });
    }

    /// <summary>A fault could not be injected.</summary>
    public static DrillReport Invalid()
    {
        var variant = Variant("", outage: 1);
        var verdict = variant.Judgement.Verdict;
        var failed = verdict.Faults[3] with
        {
            Effective = null,
            Healed = null,
            Failure = "no permission to signal process 4711",
            Outage = null,
            Stall = null,
            Delay = null,
            Consumer = null,
            Producer = null,
        };
        return Report(
            Outcome.Invalid,
            ["Fault 4, kill on rabbit1, could not be injected: no permission to signal process 4711."],
            variant with { Judgement = variant.Judgement with { Verdict = verdict with { Faults = [.. verdict.Faults.Take(3), failed] } } });
    }

    /// <summary>The faults were commands, and one of them did nothing; the producer waited for the broker meanwhile.</summary>
    public static DrillReport Commands()
    {
        var variant = Variant("", outage: 1);
        var verdict = variant.Judgement.Verdict;
        var faults = verdict.Faults.Select(static fault => fault with { Checked = false, Noticed = fault.Id is not 3 });
        var judgement = variant.Judgement with { Verdict = verdict with { Omitted = 5_000, Faults = [.. faults] } };
        return Report(Outcome.Passed, [], variant with { Judgement = judgement });
    }

    /// <summary>A fault kept messages away, which came back when it was healed.</summary>
    public static DrillReport Late()
    {
        var variant = Variant("", outage: 1);
        var verdict = variant.Judgement.Verdict;
        var faults = verdict.Faults.Select(static fault => fault with { Late = fault.Id is 4 ? 1_204 : 0 });
        var late = verdict with { Late = 1_204, Lateness = TimeSpan.FromSeconds(31), Faults = [.. faults] };
        return Report(Outcome.Passed, [], variant with { Judgement = variant.Judgement with { Verdict = late } });
    }

    /// <summary>Three faults of whose healing something is known; one of them left a backlog.</summary>
    public static DrillReport Backlog()
    {
        var variant = Variant("", outage: 1);
        var verdict = variant.Judgement.Verdict;
        var faults = verdict.Faults.Select(static fault => fault.Id switch
        {
            1 => fault with { Backlog = 3, CatchUp = TimeSpan.FromMilliseconds(12) },
            2 => fault with { Backlog = 2_048, CatchUp = TimeSpan.FromMilliseconds(8_123) },
            3 => fault with { Backlog = 1 },
            _ => fault,
        });
        return Report(Outcome.Passed, [], variant with { Judgement = variant.Judgement with { Verdict = verdict with { Faults = [.. faults] } } });
    }

    /// <summary>A cluster manager moved the broker after one fault, and restarted it where it was after another.</summary>
    public static DrillReport FailedOver()
    {
        var variant = Variant("", outage: 1);
        var verdict = variant.Judgement.Verdict;
        var faults = verdict.Faults.Select(static fault => fault.Id switch
        {
            1 => fault with { Failover = new FailoverTimes("host2", Ms(1_000), Ms(12), Ms(2_002), Ms(0), Ms(12_000)) },
            2 => fault with { Failover = new FailoverTimes("host2", null, null, null, null, Ms(7_000)) },
            _ => fault,
        });
        return Report(Outcome.Passed, [], variant with { Judgement = variant.Judgement with { Verdict = verdict with { Faults = [.. faults] } } });

        static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Two variants.</summary>
    public static DrillReport Compared() => Report(Outcome.Passed, [], Variant("sessions=1", outage: 1), Variant("sessions=2", outage: 0.4));

    /// <summary>Three topologies, of which one could not be started.</summary>
    public static DrillReport Topologies()
    {
        var (cluster, standalone) = (Variant("cluster", outage: 1), Variant("standalone", outage: 12));
        var why = new Problem("skipped", "The topology warren has no Compose file, so that it cannot run in containers.");
        var report = Report(
            Outcome.Passed,
            [],
            Of(cluster, "5: 3 nodes, 2 balancers", "rabbit1 4.3.1", "rabbit2 4.3.1", "rabbit3 4.3.1"),
            Of(standalone, "no number: there is one node", "rabbit1 4.3.1"),
            Of(NotRun("warren", why), "4: 2 nodes, 2 balancers"));
        return report with { Kind = "comparison", Settings = report.Settings with { Compare = "cluster,standalone,warren" } };

        static DrillVariant Of(DrillVariant variant, string machines, params string[] brokers) => variant with
        {
            Environment = Environment with { Brokers = brokers, Topology = variant.Name },
            Properties = [new TopologyProperty("machines needed", machines), new TopologyProperty("survives loss of a site", "no")],
        };
    }

    /// <summary>A run that could not begin.</summary>
    public static DrillVariant NotRun(string name, Problem why) => new(
        name,
        new Judgement(
            Verdict(0, [], null) with { Outcome = Outcome.Invalid, Reasons = [why.Detail], Problems = [why] },
            new Timeline(Start, TimeSpan.FromMilliseconds(100), [], []),
            [],
            []));

    /// <summary>No message and no fault: nothing could be measured.</summary>
    public static DrillReport Empty() => Report(
        Outcome.Invalid,
        ["The consumer ended with 2.", "Nothing was confirmed."],
        new DrillVariant("", new Judgement(Verdict(0, [], null), new Timeline(Start, TimeSpan.FromMilliseconds(100), [], []), [], []))) with
    {
        Environment = new DrillEnvironment("0.1.0", "10.0.1", "Debian GNU/Linux 12, 2 processors", [], null, "rabbit.example:5672"),
    };

    /// <summary>A day of faults, some of which overlap, in 20,000 steps.</summary>
    public static DrillReport Soak()
    {
        const int Steps = 20_000;
        var random = new Random(7);
        var step = TimeSpan.FromSeconds(4.32);
        var faults = Enumerable.Range(0, 240).Select(index =>
            Fault(index + 1, Start + (step * (index * 83)), TimeSpan.FromSeconds(60 + random.Next(600)), random, 1)).ToList();
        var received = Enumerable.Range(0, Steps).Select(at => at % 4000 is > 1990 and < 2000 ? 0 : 860 + random.Next(9)).ToList();
        var confirmed = received.Select(count => count == 0 ? 0 : 864).ToList();
        var judgement = new Judgement(
            Verdict(received.Sum(), faults, TimeSpan.FromSeconds(38.9)),
            new Timeline(Start, step, confirmed, received),
            Latencies(2, 5200),
            Latencies(3, 38_900));
        var report = Report(Outcome.Passed, [], new DrillVariant("", judgement));
        return report with { Kind = "soak", Ended = Start + TimeSpan.FromHours(24), Settings = report.Settings with { Time = TimeSpan.FromHours(24) } };
    }

    /// <summary>A report in which a stranger wrote every text.</summary>
    public static DrillReport Of(string hostile)
    {
        var report = Failed();
        var judgement = report.Variants[0].Judgement;
        var faults = judgement.Verdict.Faults.Select(fault => fault with { Fault = hostile, Node = hostile, Role = hostile, Failure = hostile });
        var verdict = judgement.Verdict with { Faults = [.. faults], LostMessages = [new MessageKey(hostile, 1)] };
        var variant = new DrillVariant(hostile, judgement with { Verdict = verdict });
        return report with
        {
            Kind = hostile,
            Reasons = [hostile],
            Environment = new DrillEnvironment(hostile, hostile, hostile, [hostile], hostile, hostile),
            Settings = report.Settings with { Faults = [hostile], Nodes = [hostile], QueueType = hostile },
            Variants = [variant, variant],
        };
    }

    /// <summary>A comparison of topologies in which a stranger wrote every text.</summary>
    public static DrillReport TopologiesOf(string hostile)
    {
        var report = Of(hostile);
        return report with
        {
            Settings = report.Settings with { Compare = hostile },
            Variants = [.. report.Variants.Take(1).Append(NotRun(hostile, new Problem("not-run", hostile))).Select(variant => variant with
            {
                Environment = report.Environment,
                Properties = [new TopologyProperty(hostile, hostile)],
            })],
        };
    }

    /// <summary>A verdict on so many messages, all of them received.</summary>
    public static Verdict Verdict(long messages, IReadOnlyList<FaultAccount> faults, TimeSpan? outage) => new()
    {
        Confirmed = messages,
        Received = messages,
        ConfirmedReceived = messages,
        Lost = 0,
        LostMessages = [],
        Discarded = 0,
        LeftBehind = 0,
        Duplicated = messages / 900,
        DuplicatedRedelivered = messages / 1000,
        Reordered = 0,
        Late = 0,
        Unexpected = 0,
        Unknown = 0,
        Recovered = 0,
        Returned = 0,
        NotSent = 0,
        Parked = 0,
        Outage = outage,
        Stall = outage + TimeSpan.FromMilliseconds(12),
        Delay = outage + TimeSpan.FromMilliseconds(15),
        ConfirmLatency = outage is null ? null : new LatencySummary(1.8, 3.1, 9.4, 31, outage.Value.TotalMilliseconds + 12),
        Faults = faults,
    };

    /// <summary>Three faults at three nodes in turn, ten seconds each, at 200 messages a second.</summary>
    private static DrillVariant Variant(string name, double outage)
    {
        const int Steps = 1_000;
        var random = new Random(42);
        var step = TimeSpan.FromMilliseconds(100);
        var faults = Enumerable.Range(0, 9).Select(index =>
            Fault(index + 1, Start + TimeSpan.FromSeconds(5 + (index * 10)), TimeSpan.FromSeconds(5), random, outage)).ToList();
        var confirmed = Enumerable.Range(0, Steps).Select(_ => 19 + random.Next(3)).ToArray();
        var received = confirmed.ToArray();
        foreach (var fault in faults)
        {
            var first = (int)((fault.Injected - Start) / step);
            var silent = (int)(fault.Outage!.Value / step);
            received.AsSpan(first, silent).Clear();
            received[first + silent] += silent * 20;
        }

        var longest = faults.Max(fault => fault.Outage);
        var judgement = new Judgement(
            Verdict(received.Sum(), faults, longest),
            new Timeline(Start, step, confirmed, received),
            Latencies(1.8, longest!.Value.TotalMilliseconds + 12),
            Latencies(2.3, longest.Value.TotalMilliseconds + 15));
        return new DrillVariant(name, judgement);
    }

    private static FaultAccount Fault(int id, DateTimeOffset injected, TimeSpan length, Random random, double factor)
    {
        var kind = Kinds[(id - 1) / 3 % Kinds.Length];
        var outage = TimeSpan.FromMilliseconds(Math.Round((kind == "freeze" ? 310 : 50) * factor * (0.8 + (random.NextDouble() * 0.4)), 1));
        var role = (id % 3) switch { 0 => null, 1 => "leader,consumer", _ => "producer" };
        var detect = TimeSpan.FromMilliseconds(Math.Round(outage.TotalMilliseconds * 0.3, 1));
        return new FaultAccount(
            id,
            kind,
            $"rabbit{((id - 1) % 3) + 1}",
            role,
            injected,
            injected + TimeSpan.FromMilliseconds(20),
            injected + length,
            Failure: null,
            outage,
            outage + TimeSpan.FromMilliseconds(12),
            outage + TimeSpan.FromMilliseconds(15),
            role == "leader,consumer" ? new RecoveryTimes(detect, detect / 2, outage) : null,
            role == "producer" ? new RecoveryTimes(detect, null, null) : null);
    }

    private static List<LatencyPoint> Latencies(double median, double longest) =>
        [.. Percentiles.Select(percentile => new LatencyPoint(percentile, percentile == 100 ? longest : median * Math.Pow(100 / (100 - percentile), 0.45)))];

    private static DrillReport Report(Outcome outcome, IReadOnlyList<string> reasons, params IReadOnlyList<DrillVariant> variants) => new()
    {
        Kind = "drill",
        Started = Start,
        Ended = Start + TimeSpan.FromSeconds(100),
        Outcome = outcome,
        Reasons = reasons,
        Environment = Environment,
        Settings = new DrillSettings(Kinds, ["rabbit1", "rabbit2", "rabbit3"], 1, 200, 1, "quorum", 1511, TimeSpan.FromSeconds(5), Time: null),
        Variants = variants,
    };
}
