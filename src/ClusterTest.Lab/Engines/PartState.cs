namespace ClusterTest.Lab.Engines;

/// <summary>How a part of a lab, a node or the balancer, looks to what runs it, whatever it would say itself.</summary>
internal enum PartState
{
    /// <summary>It has no process.</summary>
    Down,

    /// <summary>Its processes stand still.</summary>
    Frozen,

    /// <summary>The lab has cut it off from the others.</summary>
    CutOff,

    /// <summary>It has a process.</summary>
    Running,
}
