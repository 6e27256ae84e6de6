using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports;

/// <summary>Makes a report from evidence, and from nothing else.</summary>
internal static class DrillReports
{
    private const string Recording = "recording";

    private static readonly DrillEnvironment UnknownEnvironment = new("unknown", "unknown", "unknown", [], Balancer: null, "unknown");
    private static readonly DrillSettings UnknownSettings = new([], [], 0, 0, 0, "unknown", 0, MaxOutage: null, Time: null);

    /// <summary>Judges event files: each file of a drill is a variant of its own, and all others are one recording together.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="maxOutage">Longest outage allowed; if null, what the drill allows.</param>
    /// <exception cref="EvidenceException">A file cannot be read, is no event file, or has no event.</exception>
    internal static DrillReport Of(IReadOnlyList<string> files, TimeSpan? maxOutage = null)
    {
        List<EventFile> opened = [.. EventFile.At(files)];
        var variants = VariantsOf(opened, maxOutage);
        if (opened.Find(static file => file.Span is null) is { } empty)
        {
            throw new EvidenceException($"{empty.Path} has no events, so there is nothing to report.");
        }

        var first = (opened.Find(static file => file.Started is { Environment.Brokers: not [] })
            ?? opened.Find(static file => file.Started is not null))?.Started;
        return new DrillReport
        {
            Kind = first?.Kind ?? Recording,
            Started = opened.Min(static file => AtWall(file.Span!.Value.From)),
            Ended = opened.Max(static file => AtWall(file.Span!.Value.To)),
            Outcome = OutcomeOf(variants),
            Reasons =
            [
                .. Counted(variants).SelectMany(static variant => variant.Judgement.Verdict.Reasons
                    .Select(reason => variant.Name.Length is 0 ? reason : $"{variant.Name}: {reason}")),
            ],
            Environment = first?.Environment ?? UnknownEnvironment,
            Clients = opened.SelectMany(static file => file.Clients).Distinct().ToList() is { Count: > 0 } clients ? clients : null,
            Settings = (first?.Settings ?? UnknownSettings) with { MaxOutage = maxOutage ?? first?.Settings.MaxOutage },
            Variants = variants,
        };
    }

    /// <summary>
    /// Judges the same files without making a report. Of several drills, each is judged by itself: the limit and the silences of one drill are not another's.
    /// </summary>
    /// <exception cref="EvidenceException">A file cannot be read, or is no event file.</exception>
    internal static IReadOnlyList<DrillVariant> VariantsOf(IReadOnlyList<string> files, TimeSpan? maxOutage = null) =>
        VariantsOf(EventFile.At(files), maxOutage);

    private static IReadOnlyList<DrillVariant> VariantsOf(IReadOnlyList<EventFile> files, TimeSpan? maxOutage)
    {
        List<(EventFile File, DrillStartedEvent? Started)> all = [.. files.Select(static file => (file, file.ReadFirst() as DrillStartedEvent))];
        if (all.Count(static file => file.Started is not null) is 1)
        {
            // The other files may tell of the drill's messages.
            var drill = all.First(static file => file.Started is not null).Started!;
            return [VariantOf(drill, Judge.OfFiles(files, maxOutage))];
        }

        List<EventFile> others = [.. all.Where(static file => file.Started is null).Select(static file => file.File)];
        return
        [
            .. all
                .Where(static file => file.Started is not null)
                .Select(file => VariantOf(file.Started!, Judge.OfFiles([file.File], maxOutage))),
            .. others is [] ? Array.Empty<DrillVariant>() : [new DrillVariant(others.Count == all.Count ? "" : Recording, Judge.OfFiles(others, maxOutage))],
        ];
    }

    /// <summary>The outcome of several variants together.</summary>
    internal static Outcome OutcomeOf(IReadOnlyList<DrillVariant> variants) =>
        OutcomeRule.Of(Counted(variants).Select(static variant => variant.Judgement.Verdict.Outcome));

    // Nobody asked for a skipped variant by name, so that it counts only if there is no other.
    private static IReadOnlyList<DrillVariant> Counted(IReadOnlyList<DrillVariant> variants)
    {
        List<DrillVariant> counted = [.. variants.Where(static variant => !variant.Judgement.Verdict.IsSkipped)];
        return counted is [] ? variants : counted;
    }

    private static DrillVariant VariantOf(DrillStartedEvent started, Judgement judgement) => new(started.Variant, judgement)
    {
        Environment = started.Properties is null ? null : started.Environment,
        Properties = started.Properties,
    };

    // The times are those of the writers' clocks. A report tells them, and does not compare them.
    private static DateTimeOffset AtWall(DateTime at) => new(at, TimeSpan.Zero);
}
