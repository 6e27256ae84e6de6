using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Lab.Drills;

/// <summary>A finished drill.</summary>
/// <param name="Report">The result of the drill.</param>
/// <param name="Folder">The folder of all files of the drill.</param>
/// <param name="Files">The report's files.</param>
/// <param name="IsInterrupted">Whether the user ended the drill early.</param>
internal sealed record DrillFiles(DrillReport Report, string Folder, ReportFiles Files, bool IsInterrupted)
{
    /// <summary>The exit code of the outcome. An interrupted drill has its own exit code, unless the evidence up to the interruption failed.</summary>
    internal int ExitCode => IsInterrupted && Report.Outcome is not Outcome.Failed ? Cli.ExitCode.Interrupted : OutcomeExitCode.Of(Report.Outcome);
}
