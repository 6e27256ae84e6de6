using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Verdicts;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Shows a verdict: counts, times, a table of the faults if there were any, and the lost messages by name.</summary>
internal static class VerdictView
{
    private const string None = "-";

    /// <summary>Writes all of it for people.</summary>
    internal static void Write(IAnsiConsole console, Verdict verdict)
    {
        console.Write(ToNumbers(verdict));
        if (verdict.Faults.Count > 0)
        {
            FaultTable.Write(console, verdict.Faults);
        }

        foreach (var missed in verdict.Faults.Where(static fault => fault.Noticed is false))
        {
            console.WriteLine($"Fault {missed.Id} ({Printable.Line(missed.Fault)}) was not noticed: no session was lost, no effect checked.");
        }

        foreach (var lost in verdict.LostMessages)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost: message {lost.Sequence} of run {Printable.Line(lost.Run)}"));
        }

        if (verdict.Lost > verdict.LostMessages.Count)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      and {verdict.Lost - verdict.LostMessages.Count} more"));
        }

        if (verdict is { Lost: 0, Gaps: [] })
        {
            console.WriteLine("Nothing was lost.");
        }
    }

    /// <summary>A time for people, in milliseconds.</summary>
    internal static string Milliseconds(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:#,0} ms") : None;

    private static Grid ToNumbers(Verdict verdict)
    {
        var grid = new Grid();
        _ = grid.AddColumn(new GridColumn().PadLeft(2)).AddColumn(new GridColumn().RightAligned()).AddColumn(new GridColumn().PadLeft(1));
        Add("confirmed", verdict.Confirmed, "");
        Add("received", verdict.Received, "different messages");
        _ = verdict.Gaps.Count is 0
            ? grid.AddRow(new Text("lost"), new Text(Number(verdict.Lost), new Style(verdict.Lost is 0 ? Color.Green : Color.Red)), new Text("confirmed, never received, in no queue"))
            : grid.AddRow(new Text("lost"), new Text("?"), new Text("the evidence is not all there"));
        AddUnlessNone("missing", verdict.Missing, "confirmed; the evidence that is left does not tell where they are");
        AddUnlessNone("damaged", verdict.Damaged, "received with another body than was sent");
        AddUnlessNone("discarded", verdict.Discarded, "went with a queue that a fault deleted");
        AddUnlessNone("left behind", verdict.LeftBehind, "found in a queue after the run: late, not lost");
        Add("duplicated", verdict.Duplicated, $"{Number(verdict.DuplicatedRedelivered)} of them flagged as redelivered");
        Add("reordered", verdict.Reordered, "received after a later one");
        AddUnlessNone("unexpected", verdict.Unexpected, "not of these producers");
        AddUnlessNone("parked", verdict.Parked, "moved to the parked queue");
        AddUnlessNone("without outcome", verdict.WithoutOutcome, "received, and no producer tells what became of them");
        AddUnlessNone("unknown", verdict.Unknown, "not confirmed: perhaps in the queue");
        AddUnlessNone("returned", verdict.Returned, "no queue took them");
        AddUnlessNone("not sent", verdict.NotSent, "never written to a connection");
        AddUnlessNone("omitted", verdict.Omitted, "due, and never published: the producer waited");
        AddUnlessNone("recovered", verdict.Recovered, "not confirmed, and yet received");
        AddTime("outage", verdict.Outage, "longest silence at the consumer");
        AddTime("stall", verdict.Stall, "longest wait for a confirm");
        AddTime("delay", verdict.Delay, "longest time from due to receipt");
        _ = verdict.ConfirmLatency is null ? grid : grid.AddRow(new Text("latency"), Text.Empty, new Text($"to confirm: {verdict.ConfirmLatency}"));
        return grid;

        void Add(string name, long number, string meaning) => grid.AddRow(new Text(name), new Text(Number(number)), new Text(meaning));

        void AddTime(string name, TimeSpan? time, string meaning) => grid.AddRow(new Text(name), new Text(Milliseconds(time)), new Text(meaning));

        void AddUnlessNone(string name, long number, string meaning)
        {
            if (number > 0)
            {
                Add(name, number, meaning);
            }
        }
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
