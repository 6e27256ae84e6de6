namespace ClusterTest.Lab.Labs;

/// <summary>The words for node states in messages.</summary>
internal static class NodeStateWords
{
    /// <summary>The words that follow "the node is".</summary>
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
