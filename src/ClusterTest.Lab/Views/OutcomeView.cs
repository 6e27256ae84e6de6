using ClusterTest.Events;
using ClusterTest.Verdicts;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Prints an outcome and its reasons.</summary>
internal static class OutcomeView
{
    internal static void Write(IAnsiConsole console, Outcome outcome, IReadOnlyList<string> reasons)
    {
        console.WriteLine(outcome switch
        {
            Outcome.Passed => "PASSED",
            Outcome.Failed => "FAILED",
            Outcome.Invalid => "INVALID: this proves nothing.",
            _ => "INCOMPLETE: the evidence is not all there, so it proves nothing.",
        });
        foreach (var reason in reasons)
        {
            console.WriteLine($"  {Printable.Line(reason)}");
        }
    }
}
