namespace ClusterTest.Lab.Drills;

/// <summary>What <see cref="Verdicts.Reports.DrillReport.Kind"/> can be.</summary>
internal static class DrillKind
{
    /// <summary>One fault after the other.</summary>
    internal const string Drill = "drill";

    /// <summary>Random faults, overlapping.</summary>
    internal const string Soak = "soak";

    /// <summary>Somebody else does the breaking.</summary>
    internal const string Watch = "watch";

    /// <summary>A short drill.</summary>
    internal const string Demo = "demo";
}
