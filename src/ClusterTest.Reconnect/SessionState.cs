namespace ClusterTest.Reconnect;

/// <summary>What a session is doing.</summary>
public enum SessionState
{
    /// <summary>It makes its first attempt to connect.</summary>
    Opening,

    /// <summary>It is connected, everything is declared, and it consumes or publishes.</summary>
    Open,

    /// <summary>It lost its connection or channel, or could not get one, and tries again.</summary>
    Recovering,

    /// <summary>It was told to stop and finishes what is under way.</summary>
    Closing,

    /// <summary>It has ended.</summary>
    Closed,
}
