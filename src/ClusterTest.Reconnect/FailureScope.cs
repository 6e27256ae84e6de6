namespace ClusterTest.Reconnect;

/// <summary>What was lost by a failure.</summary>
public enum FailureScope
{
    /// <summary>
    /// Only the channel. The session opens a new channel on the same connection, unless the connection is lost in the meantime
    /// (<see cref="SessionEvent.Reconnect"/> is more than zero then).
    /// </summary>
    Channel,

    /// <summary>The whole connection. The session replaces the connection.</summary>
    Connection,
}
