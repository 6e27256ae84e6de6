namespace ClusterTest.Reconnect;

/// <summary>Whether trying again can help.</summary>
public enum FailureSeverity
{
    /// <summary>It can: the session recovers.</summary>
    Transient,

    /// <summary>It cannot, until a person changes something: the session ends.</summary>
    Fatal,
}
