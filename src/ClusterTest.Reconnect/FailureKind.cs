namespace ClusterTest.Reconnect;

/// <summary>The kinds of failure that a session distinguishes.</summary>
public enum FailureKind
{
    /// <summary>Another failure; <see cref="Failure.Message"/> describes it.</summary>
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

    /// <summary>The TLS handshake failed for a reason that none of the other kinds names.</summary>
    TlsFailed,

    /// <summary>The broker refused user name and password.</summary>
    AuthenticationFailed,

    /// <summary>The virtual host does not exist, or the user may not use it.</summary>
    VirtualHostRefused,

    /// <summary>The user lacks a permission.</summary>
    AccessRefused,

    /// <summary>The exchange or the queue exists with other properties (406).</summary>
    InequivalentArguments,

    /// <summary>
    /// The broker closed the channel because it does not accept a message (406 or 311), for example because of its size. Only that message fails.
    /// </summary>
    MessageRefused,

    /// <summary>The queue's node is down, or the queue is gone (404).</summary>
    NotFound,

    /// <summary>The broker cancelled the consumer: the queue was deleted, or the queue's node went down.</summary>
    ConsumerCancelled,

    /// <summary>The broker closed the connection (320): its node stops, or an operator closed the connection.</summary>
    ConnectionForced,

    /// <summary>The broker closed the channel for another reason.</summary>
    ChannelClosed,

    /// <summary>The broker closed the connection for another reason.</summary>
    ConnectionClosed,

    /// <summary>The peer stopped reading or stopped confirming.</summary>
    Stalled,

    /// <summary>The broker returned a message: no queue took it.</summary>
    MessageReturned,

    /// <summary>The broker refuses the parked queue (403 or 406), so the consumer can park no message.</summary>
    ParkingFailed,

    /// <summary>
    /// The broker no longer serves the consumer and did not cancel it; the session found out by a check (<see cref="ConsumerOptions.IdleCheckInterval"/>).
    /// </summary>
    ConsumerLost,

    /// <summary>The peer does not speak TLS.</summary>
    NotTls,

    /// <summary>The server's certificate comes from an authority that is not trusted.</summary>
    CertificateUntrusted,

    /// <summary>The server's certificate, or a certificate above it in the chain, has expired.</summary>
    CertificateExpired,

    /// <summary>The server's certificate, or a certificate above it in the chain, is not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>The server's certificate is not for the name that the session connected to.</summary>
    CertificateWrongName,

    /// <summary>The server demands a client certificate, and none is configured.</summary>
    ClientCertificateRequired,

    /// <summary>The server refused the client certificate.</summary>
    ClientCertificateRefused,

    /// <summary>The broker delivers a message of more than 128 MiB, which is the client library's limit.</summary>
    MessageTooLarge,

    /// <summary>A limit of the broker is reached (530, 403 or 406): of connections, channels, queues or exchanges.</summary>
    LimitReached,
}
