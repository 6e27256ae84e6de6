namespace ClusterTest.Lab.Drills;

/// <summary>The values of <see cref="Verdicts.Reports.DrillReport.Kind"/>.</summary>
internal static class DrillKind
{
    /// <summary>One fault after the other.</summary>
    internal const string Drill = "drill";

    /// <summary>Faults at random, which may overlap.</summary>
    internal const string Soak = "soak";

    /// <summary>The user breaks the cluster by hand.</summary>
    internal const string Watch = "watch";

    /// <summary>A short drill.</summary>
    internal const string Demo = "demo";

    /// <summary>The same drill on several topologies.</summary>
    internal const string Comparison = "comparison";
}
