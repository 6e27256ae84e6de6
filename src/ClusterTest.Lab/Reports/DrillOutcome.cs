namespace ClusterTest.Lab.Reports;

/// <summary>How a drill ended.</summary>
public enum DrillOutcome
{
    /// <summary>Nothing was lost and no outage was longer than allowed.</summary>
    Passed,

    /// <summary>Confirmed messages were lost, or an outage was longer than allowed.</summary>
    Failed,

    /// <summary>It proves nothing: a fault could not be injected, or a program died.</summary>
    Invalid,
}
