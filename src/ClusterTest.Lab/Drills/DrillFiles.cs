using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;

namespace ClusterTest.Lab.Drills;

/// <summary>A finished drill.</summary>
/// <param name="Report">What came out.</param>
/// <param name="Folder">Where everything about it is.</param>
/// <param name="Files">The report's files.</param>
/// <param name="IsInterrupted">Whether somebody ended it early.</param>
internal sealed record DrillFiles(DrillReport Report, string Folder, ReportFiles Files, bool IsInterrupted)
{
    /// <summary>That of the outcome; an interruption has one of its own, unless what was recorded until then failed.</summary>
    internal int ExitCode => IsInterrupted && Report.Outcome is not Outcome.Failed ? Cli.ExitCode.Interrupted : OutcomeExitCode.Of(Report.Outcome);
}
