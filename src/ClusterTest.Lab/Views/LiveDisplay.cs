using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClusterTest.Lab.Views;

/// <summary>Shows a drill on a terminal while it runs: the faults, the state of both programs, and the outage as it grows.</summary>
internal sealed class LiveDisplay : IAsyncDisposable
{
    private const int FaultsShown = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _over = new();
    private readonly DrillProgress _progress;
    private readonly TimeProvider _time;
    private readonly Task _drawing;

    internal LiveDisplay(IAnsiConsole console, DrillProgress progress, TimeProvider time)
    {
        (_progress, _time) = (progress, time);
        _drawing = console.Live(Draw(progress)).AutoClear(true).StartAsync(DrawAsync);
    }

    /// <summary>Ends the display and removes it from the screen.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        try
        {
            await _drawing;
        }
        catch (IOException)
        {
            // The terminal is gone, so there is no screen to clear.
        }

        _over.Dispose();
    }

    /// <summary>One picture.</summary>
    internal static IRenderable Draw(DrillProgress progress)
    {
        var score = progress.Scoreboard.Read();
        var faults = progress.Faults;
        var programs = new Grid().AddColumns(4);
        _ = programs.AddRow("consumer", State(score.Ready is 0, score.ConsumerLost), Count(score.Received, "received"), Silence(score));
        _ = programs.AddRow(
            "producer",
            State(score.Confirmed is 0, score.ProducerLost),
            Count(score.Confirmed, "confirmed"),
            score.Outstanding is 0 ? "" : Count(score.Outstanding, "not received yet"));
        return new Rows(
            new Markup($"[bold]{Markup.Escape(Title(progress, faults.Count))}[/]"),
            programs,
            faults.Count is 0 ? Text.Empty : Table(faults, score));
    }

    private async Task DrawAsync(LiveDisplayContext context)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                context.UpdateTarget(Draw(_progress));
            }
            catch (IOException)
            {
                return; // The terminal is gone; the drill goes on without a display.
            }

            await Task.Delay(Interval, _time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Title(DrillProgress progress, int begun)
    {
        var variant = progress.Variant.Length is 0 ? "" : $"{progress.Variant}  ";
        var count = begun is 0 || progress.Planned is 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  fault {begun} of {progress.Planned}");
        return $"{variant}{progress.Phase}{count}";
    }

    private static Table Table(IReadOnlyList<FaultProgress> faults, Score score)
    {
        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumns("Fault", "Node", "On it", "", "Outage so far");
        table.Columns[^1].RightAligned();
        foreach (var fault in faults.TakeLast(FaultsShown))
        {
            var isLast = fault == faults[^1];
            var outage = isLast ? score.LongestSilence : fault.Outage;
            _ = table.AddRow(
                Markup.Escape(fault.Fault),
                Markup.Escape(fault.Node ?? ""),
                Markup.Escape(fault.Role ?? ""),
                fault.Step is FaultStep.Failed ? "[red]failed[/]" : StepWords.Of(fault.Step, fault.Checked),
                outage is null ? "" : Milliseconds(outage.Value));
        }

        return table;
    }

    private static string State(bool isNew, int lost) => lost > 0 ? "[yellow]recovering[/]" : isNew ? "connecting" : "[green]connected[/]";

    private static string Silence(Score score) => $"silent for {Milliseconds(score.Silence)}";

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");

    private static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:N0} ms");
}
