using ClusterTest.Cli;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>The exit code of an outcome.</summary>
internal static class OutcomeExitCode
{
    internal static int Of(Outcome outcome) => outcome switch
    {
        Outcome.Passed => ExitCode.Success,
        Outcome.Failed => ExitCode.VerdictFailed,
        _ => ExitCode.Fatal,
    };
}
