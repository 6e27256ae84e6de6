using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>The words for the steps of a fault. If the fault is a command whose effect is not checked, only its start and its end are known.</summary>
internal static class StepWords
{
    internal static string Of(string step, bool? isChecked) => (step, isChecked) switch
    {
        (FaultStep.Injecting, false) => "command started",
        (FaultStep.Effective, false) => "command ended",
        _ => step,
    };
}
