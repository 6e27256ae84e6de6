using System.Globalization;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Reports;
using ClusterTest.Lab.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>Runs a plan in each of its variants, judges the evidence, and writes the report.</summary>
internal sealed class Drill(IDrillTarget target, DrillOptions options, DrillProgress progress, TimeProvider time)
{
    /// <summary>Where the evidence goes; null before anything was started.</summary>
    internal string? Folder { get; private set; }

    private IReadOnlyList<string> Nodes => options.Nodes is [] ? target.Nodes : options.Nodes;

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Interrupts it, healed and cleaned up; when watching, that is how it ends.</param>
    internal async Task<DrillFiles> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var folder = MakeFolder(started);
        var environment = await target.DescribeAsync(cancellationToken);
        Folder = folder;
        var runs = new List<RunResult>();
        foreach (var variant in options.Variants)
        {
            runs.Add(await RunAsync(variant, Path.Combine(folder, EvidenceFile(variant)), cancellationToken));
            if (runs[^1].Invalid.Count > 0)
            {
                break; // The next one would begin on a cluster of which nobody knows how it is.
            }
        }

        var ended = time.GetUtcNow();
        progress.Enter("Judging the evidence");
        var variants = runs.ConvertAll(static run => new DrillVariant(run.Variant, Judge.OfFiles([run.Evidence])));
        var (outcome, reasons) = DrillOutcomes.Of(runs, variants, options.MaxOutage);
        var report = new DrillReport
        {
            Kind = options.Kind,
            Started = started,
            Ended = ended,
            Outcome = outcome,
            Reasons = reasons,
            Environment = environment,
            Settings = Settings(),
            Variants = variants,
        };
        return new DrillFiles(report, folder, ReportFiles.Write(report, folder));
    }

    private async Task<RunResult> RunAsync(Variant variant, string evidence, CancellationToken cancellationToken)
    {
        var faults = FaultsOf(variant);
        var plan = options.Kind is DrillKind.Soak
            ? SoakPlan.Create(faults, target.Nodes, options.Time!.Value, options.AllowMajorityLoss, options.Seed)
            : DrillPlan.Create(faults, options.AtConsumer ? [] : Nodes, options.Rounds, options.Hold, options.Seed);
        if (plan.Count is 0 && options.Kind is not DrillKind.Watch)
        {
            throw new LabException("The plan has no fault, so it would prove nothing.");
        }

        progress.Begin(variant.Name, plan.Count);
        await using var run = new DrillRun(target, options, variant, evidence, progress, time);
        return options.Kind switch
        {
            DrillKind.Soak => await run.RunAsync(it => it.BreakAtTimesAsync(plan, options.AllowMajorityLoss ? target.Nodes.Count : (target.Nodes.Count - 1) / 2, cancellationToken), isEndedByUser: false, cancellationToken),
            DrillKind.Watch => await run.RunAsync(it => it.WatchAsync(cancellationToken), isEndedByUser: true, cancellationToken),
            _ => await run.RunAsync(it => it.BreakInTurnAsync(plan, cancellationToken), isEndedByUser: false, cancellationToken),
        };
    }

    // The queue's name differs from run to run, and does not matter for the plan.
    private List<IFault> FaultsOf(Variant variant)
    {
        var known = target.FaultsFor(variant.Name).ToDictionary(static fault => fault.Name);
        return [.. options.Faults.Select(name => known.GetValueOrDefault(name)
            ?? throw new LabException($"There is no fault {name}. The faults are {string.Join(", ", known.Keys)}."))];
    }

    private string MakeFolder(DateTimeOffset started)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{started.UtcDateTime:yyyy-MM-dd'T'HH-mm-ss}Z-{options.Kind}");
        return Directory.CreateDirectory(Path.Combine(options.ReportDirectory, name)).FullName;
    }

    private static string EvidenceFile(Variant variant) => variant.Name.Length is 0 ? "events.jsonl" : $"events-{variant.Name.Replace('=', '-')}.jsonl";

    private DrillSettings Settings() => new(
        options.Faults,
        Nodes,
        options.Rounds,
        options.Rate,
        options.Variants[0].Sessions,
        options.Variants[0].QueueType is Reconnect.QueueType.Classic ? "classic" : "quorum",
        options.Seed,
        options.MaxOutage,
        options.Time);
}
