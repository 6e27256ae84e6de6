namespace ClusterTest.Verdicts;

/// <summary>What the evidence proves.</summary>
public enum Outcome
{
    /// <summary>Nothing was lost, and nothing else that is asked for was missed.</summary>
    Passed,

    /// <summary>
    /// The evidence is complete, and something confirmed is gone, was left behind, was parked, or did not flow again; or an outage was longer than allowed.
    /// </summary>
    Failed,

    /// <summary>The run proves nothing: a fault did not take effect, a program died, or somebody ended the run early.</summary>
    Invalid,

    /// <summary>The run proves nothing: the evidence was cut off, or does not agree with its summaries.</summary>
    Incomplete,
}
