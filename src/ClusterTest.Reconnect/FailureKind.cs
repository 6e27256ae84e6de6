namespace ClusterTest.Reconnect;

/// <summary>The kinds of failure that a session tells apart.</summary>
public enum FailureKind
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

    /// <summary>The TLS handshake failed for a reason that has no kind of its own.</summary>
    TlsFailed,

    /// <summary>The broker refused user name and password.</summary>
    AuthenticationFailed,

    /// <summary>The virtual host does not exist, or the user may not use it.</summary>
    VirtualHostRefused,

    /// <summary>The user lacks a permission.</summary>
    AccessRefused,

    /// <summary>Exchange or queue exist with other properties (406).</summary>
    InequivalentArguments,

    /// <summary>The broker closed the channel for a message that it does not accept (406 or 311), for its size for example; that message's result is its own.</summary>
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

    /// <summary>The broker refuses the parked queue (403 or 406), so that no message can be parked.</summary>
    ParkingFailed,

    /// <summary>The broker no longer serves the consumer and did not say so; asked, it told (<see cref="ConsumerOptions.IdleCheckInterval"/>).</summary>
    ConsumerLost,

    /// <summary>What answers does not speak TLS.</summary>
    NotTls,

    /// <summary>The server's certificate comes from no authority that is trusted.</summary>
    CertificateUntrusted,

    /// <summary>The server's certificate, or one above it, has expired.</summary>
    CertificateExpired,

    /// <summary>The server's certificate, or one above it, is not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>The server's certificate is for other names than the one that was asked for.</summary>
    CertificateWrongName,

    /// <summary>The server demands a client certificate, and there was none to show.</summary>
    ClientCertificateRequired,

    /// <summary>The server refused the client certificate.</summary>
    ClientCertificateRefused,

    /// <summary>The broker delivers a message of more than 128 MiB, the most that the client library takes.</summary>
    MessageTooLarge,

    /// <summary>A limit of the broker is reached (530, 403 or 406): of connections, channels, queues or exchanges.</summary>
    LimitReached,
}
