using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Lab.Drills;

/// <summary>Runs a plan in each of its variants, judges the evidence, and writes the report.</summary>
internal sealed class Drill(IDrillTarget target, DrillOptions options, DrillProgress progress, TimeProvider time)
{
    private int MostBroken => options.AllowMajorityLoss ? target.Nodes.Count : target.MostBroken;

    private IReadOnlyList<string> Nodes => options.Nodes is [] ? target.Nodes : options.Nodes;

    /// <summary>Runs the drill.</summary>
    /// <param name="cancellationToken">Interrupts the drill, which then heals the cluster and cleans up. A drill that only watches ends in this way.</param>
    internal async Task<DrillFiles> RunAsync(CancellationToken cancellationToken)
    {
        var folder = DrillFolder.Make(options.ReportDirectory, options.Kind, time.GetUtcNow());
        var environment = await target.DescribeAsync(cancellationToken);
        var evidence = new List<string>();
        var isInterrupted = false;
        foreach (var variant in options.Variants)
        {
            evidence.Add(Path.Combine(folder, EvidenceFile(variant)));
            try
            {
                await RunAsync(variant, environment, evidence[^1], cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                isInterrupted = true; // The evidence records the interruption, and what became of the messages until then.
                break;
            }

            if (options.Variants.Count > evidence.Count && Judge.OfFiles([evidence[^1]]).Verdict.Outcome is Outcome.Invalid or Outcome.Incomplete)
            {
                break; // The next variant would begin on a cluster in an unknown state.
            }
        }

        progress.Enter("Judging the evidence");
        var report = DrillReports.Of(evidence);
        return new DrillFiles(report, folder, ReportFiles.Write(report, folder), isInterrupted);
    }

    private async Task RunAsync(Variant variant, DrillEnvironment environment, string evidence, CancellationToken cancellationToken)
    {
        var faults = FaultsOf(variant);
        var plan = options.Kind is DrillKind.Soak
            ? SoakPlan.Create(faults, target.Nodes, options.Time!.Value, MostBroken, options.Seed)
            : DrillPlan.Create(faults, options.AtConsumer ? [] : Nodes, options.Rounds, options.Hold, options.Seed);
        if (plan.Count is 0 && options.Kind is not DrillKind.Watch)
        {
            throw new LabException("The plan has no fault, so the drill would prove nothing. Name other --faults, or give a soak a longer --time.");
        }

        progress.Begin(variant.Name, plan.Count);
        await using var run = new DrillRun(target, options, variant, evidence, progress, time);
        await run.RunAsync(
            environment,
            SettingsOf(variant, plan),
            options.Kind switch
            {
                DrillKind.Soak => running => running.BreakAtTimesAsync(plan, MostBroken, cancellationToken),
                DrillKind.Watch => running => running.WatchAsync(cancellationToken),
                _ => running => running.BreakInTurnAsync(plan, cancellationToken),
            },
            isEndedByUser: options.Kind is DrillKind.Watch,
            cancellationToken);
    }

    // A plan needs no queue: the variant's name stands in for the name of the run's queue.
    private List<IFault> FaultsOf(Variant variant)
    {
        var known = target.FaultsFor(variant.Name).ToDictionary(static fault => fault.Name);
        return [.. options.Faults.Select(name => known.GetValueOrDefault(name)
            ?? throw new LabException($"There is no fault {name}. The faults are {string.Join(", ", known.Keys)}."))];
    }

    private static string EvidenceFile(Variant variant) => variant.Name.Length is 0 ? "events.jsonl" : $"events-{variant.Name.Replace('=', '-')}.jsonl";

    private DrillSettings SettingsOf(Variant variant, IReadOnlyList<PlannedFault> plan) => new(
        options.Faults,
        Nodes,
        options.Rounds,
        options.Rate,
        variant.Sessions,
        variant.QueueType is Reconnect.QueueType.Classic ? "classic" : "quorum",
        options.Seed,
        options.MaxOutage,
        options.Time)
    {
        Hold = options.Hold,
        FaultTimeout = options.FaultTimeout,
        AllowMajorityLoss = options.AllowMajorityLoss,
        Compare = options.Compare,
        Plan = plan,
        CommandLine = options.CommandLine,
    };
}
