namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>What a session was doing when it failed. The same reply code can mean different things in different phases.</summary>
internal enum Phase
{
    /// <summary>Look-up, TCP, TLS and AMQP handshake.</summary>
    Connect,

    /// <summary>Channel, topology, qos and consume, or confirm mode.</summary>
    Declare,

    /// <summary>Consuming or publishing.</summary>
    Serve,
}
