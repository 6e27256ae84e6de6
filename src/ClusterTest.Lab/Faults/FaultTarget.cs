namespace ClusterTest.Lab.Faults;

/// <summary>What a fault is done to.</summary>
public enum FaultTarget
{
    /// <summary>One of the nodes.</summary>
    Node,

    /// <summary>A queue, on whichever node it is.</summary>
    Queue,

    /// <summary>The load balancer, of which there is one.</summary>
    Balancer,

    /// <summary>The link between two sites.</summary>
    Link,

    /// <summary>The cluster manager, with its power switch and the storage that its hosts share.</summary>
    Manager,

    /// <summary>The cluster. Only the user whose command does the fault knows which part of the cluster it breaks.</summary>
    Cluster,
}
