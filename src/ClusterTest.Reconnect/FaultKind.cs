namespace ClusterTest.Reconnect;

/// <summary>The kinds of fault that a session tells apart.</summary>
public enum FaultKind
{
    /// <summary>Something else; the message tells.</summary>
    Other,

    /// <summary>Nothing listens at the address.</summary>
    Refused,

    /// <summary>The host's name has no address.</summary>
    Unresolvable,

    /// <summary>The host or its network cannot be reached.</summary>
    Unreachable,

    /// <summary>The peer did not answer in time.</summary>
    TimedOut,

    /// <summary>The peer closed or reset the connection without a word of AMQP.</summary>
    ClosedByPeer,

    /// <summary>The peer does not speak AMQP 0-9-1.</summary>
    NotAmqp,

    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,

    /// <summary>The broker refused user name and password.</summary>
    AuthenticationFailed,

    /// <summary>The virtual host does not exist, or the user may not use it.</summary>
    VirtualHostRefused,

    /// <summary>The user lacks a permission.</summary>
    AccessRefused,

    /// <summary>Exchange or queue exist with other properties (406).</summary>
    InequivalentArguments,

    /// <summary>The broker does not accept the message (406 or 311), for its size for example.</summary>
    MessageRefused,

    /// <summary>The queue's node is down, or the queue is gone (404).</summary>
    NotFound,

    /// <summary>The broker cancelled the consumer: its queue was deleted or its node went down.</summary>
    ConsumerCancelled,

    /// <summary>The broker shut the connection down (320): its node stops, or an operator closed it.</summary>
    ConnectionForced,

    /// <summary>The broker closed the channel for another reason.</summary>
    ChannelClosed,

    /// <summary>The broker closed the connection for another reason.</summary>
    ConnectionClosed,

    /// <summary>The peer stopped reading or stopped confirming.</summary>
    Stalled,

    /// <summary>The broker returned a message: no queue took it.</summary>
    MessageReturned,

    /// <summary>The broker refused responsibility for a message (<c>basic.nack</c>).</summary>
    MessageNacked,

    /// <summary>A message could not be parked.</summary>
    ParkingFailed,

    /// <summary>The broker no longer serves the consumer and did not say so; asked, it told (<see cref="ConsumerOptions.IdleCheckInterval"/>).</summary>
    ConsumerLost,

    /// <summary>The broker delivers a message of more than 128 MiB, the most that the client library takes.</summary>
    MessageTooLarge,
}
