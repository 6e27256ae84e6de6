namespace ClusterTest.Reconnect;

/// <summary>Whether another attempt can succeed after a failure.</summary>
public enum FailureSeverity
{
    /// <summary>Another attempt can succeed: the session recovers.</summary>
    Transient,

    /// <summary>No attempt can succeed until a person changes something: the session ends.</summary>
    Fatal,
}
