using ClusterTest.Lab.Reports;

namespace ClusterTest.Lab.Drills;

/// <summary>A finished drill.</summary>
/// <param name="Report">What came out.</param>
/// <param name="Folder">Where everything about it is.</param>
/// <param name="Files">The report's files.</param>
internal sealed record DrillFiles(DrillReport Report, string Folder, ReportFiles Files);
