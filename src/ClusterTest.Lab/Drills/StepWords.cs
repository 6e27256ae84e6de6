using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Steps of faults, for people: of a command whose effect nobody checks it is known when it started and ended, not more.</summary>
internal static class StepWords
{
    internal static string Of(string step, bool? isChecked) => (step, isChecked) switch
    {
        (FaultStep.Injecting, false) => "command started",
        (FaultStep.Effective, false) => "command ended",
        _ => step,
    };
}
