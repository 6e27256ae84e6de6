using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Lab.Drills;

/// <summary>Runs a plan in each of its variants, judges the evidence, and writes the report.</summary>
internal sealed class Drill(DrillPlace place, DrillOptions options, DrillProgress progress, TimeProvider time)
{
    /// <summary>A drill whose variants all run on one cluster.</summary>
    internal Drill(IDrillTarget target, DrillOptions options, DrillProgress progress, TimeProvider time)
        : this((_, run, _) => run(target), options, progress, time)
    {
    }

    /// <summary>Runs the drill.</summary>
    /// <param name="cancellationToken">Interrupts the drill, which then heals the cluster and cleans up. A drill that only watches ends in this way.</param>
    internal async Task<DrillFiles> RunAsync(CancellationToken cancellationToken)
    {
        var folder = DrillFolder.Make(options.ReportDirectory, options.Kind, time.GetUtcNow());
        var evidence = new List<string>();
        var isInterrupted = false;
        foreach (var variant in options.Variants)
        {
            progress.Begin(variant.Name);
            var file = Path.Combine(folder, EvidenceFile(variant));
            try
            {
                await place(variant, target => RunAsync(variant, target, file, cancellationToken), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && (evidence.Count > 0 || File.Exists(file)))
            {
                isInterrupted = true; // The evidence records the interruption, and what became of the messages until then.
                RecordUnlessRun(variant, file, ProblemKind.NotRun, "It was interrupted before it began.");
            }
            catch (LabException failure) when (options.Kind is DrillKind.Comparison || (evidence.Count > 0 && !File.Exists(file)))
            {
                progress.Enter(failure.Message);
                RecordUnlessRun(variant, file, variant.MayBeSkipped ? ProblemKind.Skipped : ProblemKind.NotRun, failure.Message);
            }

            evidence.Add(file);
            if (isInterrupted || (options.Variants.Count > evidence.Count && IsUnknownAfter(file)))
            {
                break;
            }
        }

        progress.Enter("Judging the evidence");
        var report = DrillReports.Of(evidence);
        return new DrillFiles(report, folder, ReportFiles.Write(report, folder), isInterrupted);
    }

    // The next variant would begin on a cluster in an unknown state. Each topology of a comparison has a cluster of its own.
    private bool IsUnknownAfter(string evidence) =>
        options.Kind is not DrillKind.Comparison && Judge.OfFiles([evidence]).Verdict.Outcome is Outcome.Invalid or Outcome.Incomplete;

    private async Task RunAsync(Variant variant, IDrillTarget target, string evidence, CancellationToken cancellationToken)
    {
        var environment = await target.DescribeAsync(cancellationToken);
        var mostBroken = options.AllowMajorityLoss ? target.Nodes.Count : target.MostBroken;
        var nodes = options.Nodes is [] ? target.Nodes : options.Nodes;
        var faults = FaultsOf(variant, target);
        var isAtConsumer = options.AtConsumer || (options.Nodes is [] && target.IsBrokenAtConsumer);
        var plan = options.Steps is not [] ? DrillPlan.Create(options.Steps)
            : options.Kind is DrillKind.Soak
            ? At(target, SoakPlan.Create(faults, target.Nodes, options.Time!.Value, mostBroken, options.Seed))
            : DrillPlan.Create(faults, isAtConsumer ? [] : nodes, options.Rounds, options.Hold, options.Seed);
        if (plan.Count is 0 && options.Kind is not DrillKind.Watch)
        {
            throw new LabException("The plan has no fault, so the drill would prove nothing. Name other --faults, or give a soak a longer --time.");
        }

        progress.Plan(plan.Count);
        await using var run = new DrillRun(target, options, variant, evidence, progress, time);
        await run.RunAsync(
            environment,
            SettingsOf(variant, nodes, plan),
            options.Kind switch
            {
                DrillKind.Soak => running => running.BreakAtTimesAsync(plan, mostBroken, cancellationToken),
                _ when options.Steps is not [] => running => running.BreakAtTimesAsync(plan, target.Nodes.Count, cancellationToken),
                DrillKind.Watch => running => running.WatchAsync(cancellationToken),
                _ => running => running.BreakInTurnAsync(plan, cancellationToken),
            },
            isEndedByUser: options.Kind is DrillKind.Watch,
            cancellationToken);
    }

    // Where clients are on one node at a time, a fault of another would change nothing.
    private static IReadOnlyList<PlannedFault> At(IDrillTarget target, IReadOnlyList<PlannedFault> plan) => !target.IsBrokenAtConsumer
        ? plan
        : [.. plan.Select(static fault => fault.Node is null ? fault : fault with { Node = null, NodeOf = PlanStep.Consumer })];

    // The evidence of a variant that began has its own account of what went wrong.
    private void RecordUnlessRun(Variant variant, string evidence, string problem, string why)
    {
        if (File.Exists(evidence))
        {
            return;
        }

        var now = Moment.Now(time);
        var environment = DrillEnvironments.Describe("not started", [], balancer: null);
        using var recorder = new Recorder(evidence, progress.Observe, time);
        ResultEvent[] events =
        [
            new DrillStartedEvent(options.Kind, variant.Name, MachineClock.Id, "", "", environment, SettingsOf(variant, [], []))
            {
                Properties = variant.Properties,
                Timestamp = now.At,
                MonotonicMicroseconds = now.Microseconds,
            },
            new ProblemEvent(problem, why) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds },
            new DrillEndedEvent(FaultSteps: 0, Drained: 0) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds },
        ];
        foreach (var written in events)
        {
            recorder.Write(EventWriter.Lab, written);
        }
    }

    // A plan needs no queue: the variant's name stands in for the name of the run's queue.
    private List<IFault> FaultsOf(Variant variant, IDrillTarget target)
    {
        var known = target.FaultsFor(variant.Name).ToDictionary(static fault => fault.Name);
        return [.. options.Faults.Select(name => known.GetValueOrDefault(name)
            ?? throw new LabException($"There is no fault {name}. The faults are {string.Join(", ", known.Keys)}."))];
    }

    private static string EvidenceFile(Variant variant) => variant.Name.Length is 0 ? "events.jsonl.gz" : $"events-{variant.Name.Replace('=', '-')}.jsonl.gz";

    private DrillSettings SettingsOf(Variant variant, IReadOnlyList<string> nodes, IReadOnlyList<PlannedFault> plan) => new(
        options.Faults,
        nodes,
        options.Rounds,
        options.Rate,
        variant.Sessions,
        variant.QueueType is Reconnect.QueueType.Classic ? "classic" : "quorum",
        options.Seed,
        options.MaxOutage,
        options.Time)
    {
        Hold = options.Kind is DrillKind.Soak or DrillKind.Watch || options.PlanName is not null ? null : options.Hold,
        FaultTimeout = options.FaultTimeout,
        AllowMajorityLoss = options.AllowMajorityLoss,
        Compare = options.Compare,
        AckMode = variant.AckMode is ShovelDefinition.OnConfirm ? null : variant.AckMode,
        PlanName = options.PlanName,
        Plan = plan,
        CommandLine = options.CommandLine,
    };
}
