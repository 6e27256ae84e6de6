namespace ClusterTest.Reconnect;

/// <summary>What a session is doing.</summary>
public enum SessionState
{
    /// <summary>The session makes its first attempt to connect.</summary>
    Opening,

    /// <summary>The session is connected, has declared the topology, and consumes or publishes.</summary>
    Open,

    /// <summary>The session lost its connection or channel, or could not open one, and tries again.</summary>
    Recovering,

    /// <summary>The session was told to stop, and finishes the messages that are under way.</summary>
    Closing,

    /// <summary>The session has ended.</summary>
    Closed,
}
