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
        List<Outline> outlines = [.. EventFile.At(files).Select(OutlineOf)];
        var variants = VariantsOf(files, maxOutage);
        var first = (outlines.Find(static outline => outline.Started is { Environment.Brokers: not [] })
            ?? outlines.Find(static outline => outline.Started is not null))?.Started;
        return new DrillReport
        {
            Kind = first?.Kind ?? Recording,
            Started = outlines.Min(static outline => outline.From),
            Ended = outlines.Max(static outline => outline.To),
            Outcome = OutcomeOf(variants),
            Reasons =
            [
                .. Counted(variants).SelectMany(static variant => variant.Judgement.Verdict.Reasons
                    .Select(reason => variant.Name.Length is 0 ? reason : $"{variant.Name}: {reason}")),
            ],
            Environment = first?.Environment ?? UnknownEnvironment,
            Clients = outlines.SelectMany(static outline => outline.Clients).Distinct().ToList() is { Count: > 0 } clients ? clients : null,
            Settings = (first?.Settings ?? UnknownSettings) with { MaxOutage = maxOutage ?? first?.Settings.MaxOutage },
            Variants = variants,
        };
    }

    /// <summary>
    /// Judges the same files without making a report. Of several drills, each is judged by itself: the limit and the silences of one drill are not another's.
    /// </summary>
    /// <exception cref="EvidenceException">A file cannot be read, or is no event file.</exception>
    internal static IReadOnlyList<DrillVariant> VariantsOf(IReadOnlyList<string> files, TimeSpan? maxOutage = null)
    {
        List<(string File, DrillStartedEvent? Started)> all = [.. EventFile.At(files).Select(static file => (file.Path, StartOf(file)))];
        if (all.Count(static file => file.Started is not null) is 1)
        {
            // The other files may tell of the drill's messages.
            var drill = all.First(static file => file.Started is not null).Started!;
            return [VariantOf(drill, Judge.OfFiles([.. all.Select(static file => file.File)], maxOutage))];
        }

        List<string> others = [.. all.Where(static file => file.Started is null).Select(static file => file.File)];
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

    private static Outline OutlineOf(EventFile file)
    {
        Outline? outline = null;
        var clients = new List<string>();
        foreach (var entry in file.Read())
        {
            var at = new DateTimeOffset(entry.At, TimeSpan.Zero);
            outline = outline is null ? new Outline(entry.Event as DrillStartedEvent, at, at, clients) : outline with
            {
                From = at < outline.From ? at : outline.From,
                To = at > outline.To ? at : outline.To,
            };
            if (entry.Event is StartedEvent started && !EventWriter.IsOurs(started.Program))
            {
                clients.Add($"{started.Program} {started.Version}".TrimEnd() + (started.Source is null ? "" : $" ({started.Source})"));
            }
        }

        return outline ?? throw new EvidenceException($"{file.Path} has no events, so there is nothing to report.");
    }

    private static DrillStartedEvent? StartOf(EventFile file) => file.Read().Select(static entry => entry.Event).FirstOrDefault() as DrillStartedEvent;

    // The times are those of the writers' clocks. A report tells them, and does not compare them.
    private sealed record Outline(DrillStartedEvent? Started, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Clients);
}
