namespace ClusterTest.Lab.Labs;

/// <summary>What <see cref="LabCluster.UpAsync"/> found.</summary>
public enum UpOutcome
{
    /// <summary>The cluster was started.</summary>
    Started,

    /// <summary>The cluster was up before, possibly with faults in it; nothing was changed.</summary>
    AlreadyUp,
}
