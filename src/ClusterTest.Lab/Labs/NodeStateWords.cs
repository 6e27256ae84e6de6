namespace ClusterTest.Lab.Labs;

/// <summary>Node states in messages.</summary>
internal static class NodeStateWords
{
    /// <summary>What follows "the node is".</summary>
    internal static string ToWords(this NodeState state) => state switch
    {
        NodeState.Running => "running",
        NodeState.CutOff => "cut off",
        NodeState.Drained => "drained",
        NodeState.AppStopped => "app stopped",
        NodeState.Frozen => "frozen",
        NodeState.NotResponding => "not responding",
        _ => "down",
    };
}
