namespace ClusterTest.Reconnect;

/// <summary>How much a failure took away.</summary>
public enum FailureScope
{
    /// <summary>
    /// The channel alone: it is rebuilt on the same connection, unless that is lost in the meantime (<see cref="SessionEvent.Reconnect"/> tells).
    /// </summary>
    Channel,

    /// <summary>The connection: it is replaced.</summary>
    Connection,
}
