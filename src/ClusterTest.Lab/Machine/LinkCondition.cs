namespace ClusterTest.Lab.Machine;

/// <summary>What a link does to the connections over it.</summary>
internal enum LinkCondition
{
    /// <summary>Carries everything as fast as it can.</summary>
    Whole,

    /// <summary>All connections are reset, and new ones are refused.</summary>
    Cut,

    /// <summary>Everything arrives later, and at a bounded rate.</summary>
    Slow,

    /// <summary>
    /// Like behind a router that drops all packets: connections stay and new ones are accepted, but nothing is carried, and no end learns that the other
    /// has closed. What is in transit arrives when the link is whole again.
    /// </summary>
    HalfOpen,
}
