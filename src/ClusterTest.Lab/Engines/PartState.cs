namespace ClusterTest.Lab.Engines;

/// <summary>The state of a part, a node or the balancer, as its engine sees it. The part itself is not asked.</summary>
internal enum PartState
{
    /// <summary>The part has no process.</summary>
    Down,

    /// <summary>The part's processes are stopped.</summary>
    Frozen,

    /// <summary>The lab has cut the part off from the other parts.</summary>
    CutOff,

    /// <summary>The part has a process.</summary>
    Running,
}
