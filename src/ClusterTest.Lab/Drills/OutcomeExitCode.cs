using ClusterTest.Cli;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>What a shell is told of an outcome.</summary>
internal static class OutcomeExitCode
{
    internal static int Of(Outcome outcome) => outcome switch
    {
        Outcome.Passed => ExitCode.Success,
        Outcome.Failed => ExitCode.VerdictFailed,
        _ => ExitCode.Fatal,
    };
}
