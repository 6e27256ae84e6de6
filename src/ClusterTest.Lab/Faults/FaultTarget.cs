namespace ClusterTest.Lab.Faults;

/// <summary>What a fault is done to.</summary>
public enum FaultTarget
{
    /// <summary>One of the nodes.</summary>
    Node,

    /// <summary>A queue, wherever it is.</summary>
    Queue,

    /// <summary>The load balancer, of which there is one.</summary>
    Balancer,

    /// <summary>The cluster, and only who breaks it knows what of it.</summary>
    Cluster,
}
