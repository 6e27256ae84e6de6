namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>What a session was doing when a failure hit it; the same reply code can mean different things.</summary>
internal enum Phase
{
    /// <summary>Look-up, TCP, TLS and AMQP handshake.</summary>
    Connect,

    /// <summary>Channel, topology, qos and consume, or confirm mode.</summary>
    Declare,

    /// <summary>Consuming or publishing.</summary>
    Serve,
}
