using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Verdicts;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Shows a verdict: counts, times, a table of the faults if there were any, and a line for each lost message.</summary>
internal static class VerdictView
{
    private const string None = "-";

    /// <summary>Writes the whole verdict for people.</summary>
    internal static void Write(IAnsiConsole console, Verdict verdict)
    {
        console.Write(ToNumbers(verdict));
        if (verdict.Faults.Count > 0)
        {
            FaultTable.Write(console, verdict.Faults);
            FailoverTable.Write(console, verdict.Faults);
        }

        foreach (var missed in verdict.Faults.Where(static fault => fault.Noticed is false))
        {
            console.WriteLine($"Fault {missed.Id} ({Printable.Line(missed.Fault)}) was not noticed: no session was lost, no effect checked.");
        }

        foreach (var fault in verdict.Faults.Where(static fault => fault.Late > 0))
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{fault.Late:#,0} {(fault.Late is 1 ? "message" : "messages")} waited through fault {fault.Id} ({NameOf(fault)})."));
        }

        foreach (var fault in verdict.Faults.Where(Measures.HasLongCatchUp))
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Fault {fault.Id} ({NameOf(fault)}) left a backlog of {fault.Backlog:#,0} {(fault.Backlog is 1 ? "message" : "messages")}. "
                    + $"The catch-up took {Milliseconds(fault.CatchUp)}."));
        }

        foreach (var lost in verdict.LostMessages)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost: message {lost.Sequence} of run {Printable.Line(lost.Run)}"));
        }

        if (verdict.Lost > verdict.LostMessages.Count)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      and {verdict.Lost - verdict.LostMessages.Count} more"));
        }

        if (verdict is { Lost: 0, Gaps: [], NotRun: null })
        {
            console.WriteLine("Nothing was lost.");
        }
    }

    /// <summary>A time for people, in milliseconds.</summary>
    internal static string Milliseconds(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:#,0} ms") : None;

    private static string NameOf(FaultAccount fault) => Printable.Line(fault.Node is null ? fault.Fault : $"{fault.Fault} {fault.Node}");

    // A further number is left out if it is zero, or a time that was not measured, except duplicated and reordered, which a drill is run for.
    private static Grid ToNumbers(Verdict verdict)
    {
        var grid = new Grid();
        _ = grid.AddColumn(new GridColumn().PadLeft(2)).AddColumn(new GridColumn().RightAligned()).AddColumn(new GridColumn().PadLeft(1));
        var further = Measures.Further.Where(measure =>
            measure == Measures.Duplicated || measure == Measures.Reordered || measure.Of(verdict) is not (0 or null) || IsUnknown(measure, verdict));
        foreach (var measure in Measures.Main.Concat(further))
        {
            var isUnknown = measure == Measures.Lost && IsUnknown(measure, verdict);
            _ = grid.AddRow(
                new Text(measure.Name),
                NumberOf(measure, verdict),
                new Text(isUnknown ? "the evidence is not all there" : measure.Meaning));
        }

        return verdict.ConfirmLatency is null ? grid : grid.AddRow(new Text("confirm latency"), Text.Empty, new Text($"{verdict.ConfirmLatency}"));
    }

    private static bool IsUnknown(Measure measure, Verdict verdict) => measure.Unit is MeasureUnit.Count && measure.Of(verdict) is null;

    private static Text NumberOf(Measure measure, Verdict verdict) => measure == Measures.Lost && measure.Of(verdict) is { } lost
        ? new Text(measure.TextOf(verdict), new Style(lost is 0 ? Color.Green : Color.Red))
        : new Text(measure.TextOf(verdict));
}
