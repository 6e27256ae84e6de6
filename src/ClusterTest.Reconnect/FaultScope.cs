namespace ClusterTest.Reconnect;

/// <summary>How much a fault took away.</summary>
public enum FaultScope
{
    /// <summary>The channel alone: it is rebuilt on the same connection.</summary>
    Channel,

    /// <summary>The connection: it is replaced.</summary>
    Connection,
}
