using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>Makes a <see cref="Failure"/> of an exception or a reply code. Pure: the same input gives the same failure.</summary>
internal static class FailureClassifier
{
    private const ushort BasicClass = 60;
    private const ushort PublishMethod = 40;

    /// <summary>The failure of an attempt whose peer accepted the connection and sends nothing.</summary>
    public static readonly Failure NoAnswer = NewFailure.Connection(
        FailureKind.TimedOut,
        "the connection was accepted, but nothing answered in time",
        "If this lasts, the node or the load balancer behind this address hangs, or the port belongs to another service, or needs TLS (amqps).");

    /// <summary>Classifies an exception of the client library.</summary>
    public static Failure Classify(Exception exception, Phase phase) => exception switch
    {
        ClusterException known => known.Failure,
        AuthenticationFailureException refused => Classify(403, refused.Message, 0, 0, FailureScope.Connection, Phase.Connect),
        OperationInterruptedException { ShutdownReason: { } reason } => Classify(reason, ScopeOf(reason, phase), phase),
        MalformedFrameException { Message: var said } when said.StartsWith("Frame body size", StringComparison.Ordinal)
            => NewFailure.Fatal(
                FailureKind.MessageTooLarge,
                null,
                $"the queue has a message that is too large to be received ({PeerText.Line(said)})",
                "Remove the message from the queue by other means, for example a shovel or a purge; "
                    + "a lower max_message_size of the broker keeps such messages out."),
        ProtocolVersionMismatchException or ProtocolException or MalformedFrameException or PacketNotRecognizedException or WireFormattingException
            => NotAmqp(exception.Message),
        AuthenticationException => NewFailure.Fatal(
            FailureKind.TlsFailed,
            null,
            $"the TLS handshake failed: {PeerText.Line(exception.Message)}",
            "Check the certificate, the name it is for, and that this port speaks TLS."),
        SocketException socket => Classify(socket),
        EndOfStreamException end when end.Message.StartsWith("Heartbeat missing", StringComparison.Ordinal)
            => NewFailure.Connection(FailureKind.TimedOut, "no heartbeat came from the broker"),
        EndOfStreamException => ClosedByPeer,
        TimeoutException or OperationCanceledException => phase == Phase.Connect
            ? NoAnswer
            : NewFailure.Connection(FailureKind.TimedOut, "the broker did not answer in time", "If this lasts, the cluster may have lost its majority."),
        KeyNotFoundException => NewFailure.Connection(
            FailureKind.ConnectionClosed, "the client library closed the connection, since a frame came for a channel that was just closed"),
        AggregateException { InnerExceptions: [.., var last] } => Classify(last, phase),
        { InnerException: { } inner } => Classify(inner, phase),
        IOException when phase == Phase.Connect => NotAmqp("its answer is no frame"), // the client library says only that connection.start never came
        IOException => ClosedByPeer,
        _ => NewFailure.Connection(FailureKind.Other, PeerText.Line(exception.Message)),
    };

    /// <summary>Classifies the shutdown of a connection or channel.</summary>
    public static Failure Classify(ShutdownEventArgs reason, FailureScope scope, Phase phase) => reason switch
    {
        { ReplyCode: 0, Exception: { } cause } => Classify(cause, phase),
        { Initiator: RabbitMQ.Client.ShutdownInitiator.Library, Exception: { } cause } => Classify(cause, phase),
        _ => Classify(reason.ReplyCode, reason.ReplyText, reason.ClassId, reason.MethodId, scope, phase),
    };

    /// <summary>Classifies a reply code of AMQP 0-9-1 (1.2, "Constants") as RabbitMQ uses it.</summary>
    public static Failure Classify(ushort code, string text, ushort classId, ushort methodId, FailureScope scope, Phase phase)
    {
        var said = $"{code} {PeerText.Line(text)}";
        return (code, phase) switch
        {
            (402 or 403 or 406 or 530, _) when Refusals.TellsOfLimit(text) => NewFailure.Fatal(
                FailureKind.LimitReached,
                code,
                $"a limit of the broker is reached ({said})",
                "Raise the limit, or use fewer of the things that it counts."),
            (403 or 530, _) when Refusals.TellsOfFailedLookup(text) => NewFailure.Of(
                code == 403 ? FailureKind.AccessRefused : FailureKind.VirtualHostRefused,
                FailureScope.Connection,
                code,
                $"the broker could not find out what the user may do ({said})",
                "Check the service that the broker asks about users."),
            (403, Phase.Connect) => AuthenticationFailed(said),
            (402 or 530, Phase.Connect or Phase.Declare) when classId != BasicClass => NewFailure.Fatal(
                FailureKind.VirtualHostRefused,
                code,
                $"the broker refused the virtual host ({said})",
                "Check the virtual host's name and the user's permissions on it."),
            (403, _) => NewFailure.Fatal(
                FailureKind.AccessRefused,
                code,
                $"the broker refused access ({said})",
                classId == BasicClass
                    ? "Grant the user read permission on the queue to consume, write permission on the exchange to publish."
                    : "Grant the user configure, write and read permission on these names; or, if others have declared them, "
                        + "declare nothing (Topology.Predeclared)."),
            (406, Phase.Declare) => NewFailure.Fatal(
                FailureKind.InequivalentArguments,
                code,
                $"an exchange or queue of this name exists with other properties ({said})",
                "Use the queue as it is (Topology.Predeclared), or declare it with the properties that it has (Topology.QueueType sets the type), "
                    + "or use another name."),
            (406 or 311, Phase.Serve) when (classId, methodId) == (BasicClass, PublishMethod) => NewFailure.Of(
                FailureKind.MessageRefused,
                scope,
                code,
                $"the broker does not accept a message ({said})",
                "Send a smaller message, or raise the broker's max_message_size."),
            (404, _) when text.Contains("no exchange '", StringComparison.Ordinal)
                => NewFailure.Of(FailureKind.NotFound, scope, code, $"the exchange is gone ({said})"),
            (404, _) => NewFailure.Of(FailureKind.NotFound, scope, code, $"the queue is gone or its node is down ({said})"),
            (320, _) => NewFailure.Of(FailureKind.ConnectionForced, scope, code, $"the broker closed the connection ({said})"),
            (_, _) when scope == FailureScope.Channel => NewFailure.Of(FailureKind.ChannelClosed, scope, code, $"the broker closed the channel ({said})"),
            _ => NewFailure.Of(FailureKind.ConnectionClosed, scope, code, $"the connection was closed ({said})"),
        };
    }

    private static Failure ClosedByPeer => NewFailure.Connection(
        FailureKind.ClosedByPeer,
        "the peer closed the connection",
        "If this lasts, no node behind the load balancer is in service, or the port belongs to another service, or needs TLS (amqps).");

    private static Failure AuthenticationFailed(string said) => NewFailure.Fatal(
        FailureKind.AuthenticationFailed,
        403,
        $"the broker refused the login ({said})",
        "Check user name and password; the user guest may log in from the broker's own host only.");

    private static Failure NotAmqp(string said) => NewFailure.Connection(
        FailureKind.NotAmqp,
        $"the peer does not speak AMQP 0-9-1 ({PeerText.Line(said)})",
        "Check HOST and PORT: the port belongs to another service, or needs TLS (amqps).");

    private static Failure Classify(SocketException socket) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => NewFailure.Connection(
            FailureKind.Refused, "connection refused: nothing listens there", "Check HOST and PORT, and that the load balancer or broker runs."),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery
            => NewFailure.Connection(FailureKind.Unresolvable, "the host name cannot be resolved", "Check HOST, and the name service."),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown or SocketError.AddressNotAvailable
            => NewFailure.Connection(FailureKind.Unreachable, $"the host cannot be reached ({PeerText.Line(socket.Message)})", "Check the network."),
        SocketError.TimedOut => NewFailure.Connection(
            FailureKind.TimedOut, "nothing answered in time", "Check HOST and PORT, and the firewalls on the way."),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected or SocketError.OperationAborted
            => ClosedByPeer,
        _ => NewFailure.Connection(FailureKind.Other, PeerText.Line(socket.Message)),
    };

    // A refused method closes its channel, except with these codes, which close the connection (AMQP 0-9-1, 1.2: "hard errors").
    private static FailureScope ScopeOf(ShutdownEventArgs reason, Phase phase) =>
        phase == Phase.Connect || reason.ReplyCode is 0 or 320 or 402 or (>= 501 and <= 506) or 530 or 540 or 541
            ? FailureScope.Connection
            : FailureScope.Channel;
}
