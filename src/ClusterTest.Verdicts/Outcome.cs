namespace ClusterTest.Verdicts;

/// <summary>What the evidence proves.</summary>
public enum Outcome
{
    /// <summary>Nothing was lost, and nothing else that is asked for was missed.</summary>
    Passed,

    /// <summary>On complete evidence something confirmed is gone, was left behind, was parked, or did not flow again; or an outage was longer than allowed.</summary>
    Failed,

    /// <summary>It proves nothing: a fault did not take effect, a program died, or somebody ended it early.</summary>
    Invalid,

    /// <summary>It proves nothing: the evidence was cut off, or does not agree with its summaries.</summary>
    Incomplete,
}
