using System.Net.Sockets;
using System.Security.Authentication;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;
using static ClusterTest.Reconnect.FailureKind;
using Initiator = RabbitMQ.Client.ShutdownInitiator;

namespace ClusterTest.Reconnect.Tests;

public sealed class FailureClassifierTests
{
    private const FailureKind Generic = Other; // ChannelClosed or ConnectionClosed, as the scope has it

    private static readonly FailureKind[] FatalKinds =
        [TlsFailed, AuthenticationFailed, VirtualHostRefused, AccessRefused, InequivalentArguments, MessageRefused];

    [Theory]
    [InlineData(200, Generic, Generic, Generic)]
    [InlineData(311, Generic, Generic, Generic)]
    [InlineData(312, Generic, Generic, Generic)]
    [InlineData(313, Generic, Generic, Generic)]
    [InlineData(320, ConnectionForced, ConnectionForced, ConnectionForced)]
    [InlineData(402, VirtualHostRefused, VirtualHostRefused, Generic)]
    [InlineData(403, AuthenticationFailed, AccessRefused, AccessRefused)]
    [InlineData(404, NotFound, NotFound, NotFound)]
    [InlineData(405, Generic, Generic, Generic)]
    [InlineData(406, Generic, InequivalentArguments, Generic)]
    [InlineData(501, Generic, Generic, Generic)]
    [InlineData(502, Generic, Generic, Generic)]
    [InlineData(503, Generic, Generic, Generic)]
    [InlineData(504, Generic, Generic, Generic)]
    [InlineData(505, Generic, Generic, Generic)]
    [InlineData(506, Generic, Generic, Generic)]
    [InlineData(530, VirtualHostRefused, VirtualHostRefused, Generic)]
    [InlineData(540, Generic, Generic, Generic)]
    [InlineData(541, Generic, Generic, Generic)]
    public void Knows_every_reply_code_in_every_phase_and_scope(ushort code, FailureKind connect, FailureKind declare, FailureKind serve)
    {
        foreach (var (phase, kind) in new[] { (Phase.Connect, connect), (Phase.Declare, declare), (Phase.Serve, serve) })
        {
            foreach (var scope in Enum.GetValues<FailureScope>())
            {
                var failure = FailureClassifier.Classify(code, "REASON - text.", 0, 0, scope, phase);
                var expected = kind != Generic ? kind : scope == FailureScope.Channel ? ChannelClosed : ConnectionClosed;
                Assert.Equal((expected, code), (failure.Kind, failure.ReplyCode));
                Assert.Equal(FatalKinds.Contains(expected) ? FailureSeverity.Fatal : FailureSeverity.Transient, failure.Severity);
                Assert.Equal(failure.Severity == FailureSeverity.Fatal ? FailureScope.Connection : scope, failure.Scope);
                Assert.Contains($"{code} REASON - text", failure.Message, StringComparison.Ordinal);
                Assert.DoesNotMatch("\\.$|\n", failure.Message);
                Assert.True(failure.Severity == FailureSeverity.Transient || failure.Advice.EndsWith('.'), "a fatal failure says what to do");
            }
        }
    }

    [Theory]
    [InlineData(406, true)]
    [InlineData(311, true)]
    [InlineData(404, false)]
    public void A_message_that_is_never_accepted_is_no_reason_to_end_a_session(ushort code, bool isTheMessages)
    {
        const string Text = "message size 200000000 is larger than configured max size 134217728";
        var failure = FailureClassifier.Classify(code, Text, 60, 40, FailureScope.Channel, Phase.Serve);
        Assert.Equal(isTheMessages ? MessageRefused : NotFound, failure.Kind);
        Assert.Equal(FailureSeverity.Transient, failure.Severity);
    }

    [Theory]
    // 3.10.8, 4.3: rabbit_reader
    [InlineData(530, "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (5) is reached", 10, 40, Phase.Connect)]
    [InlineData(530, "NOT_ALLOWED - connection refused for user 'guest': user connection limit (5) is reached", 10, 40, Phase.Connect)]
    [InlineData(530, "NOT_ALLOWED - connection refused: node connection limit (5) is reached", 10, 40, Phase.Connect)] // 4.3
    [InlineData(403, "ACCESS_REFUSED - connection refused: node connection limit (5) is reached", 10, 40, Phase.Connect)] // whatever the code
    [InlineData(530, "NOT_ALLOWED - number of channels opened (1) has reached the negotiated channel_max (1)", 20, 10, Phase.Declare)]
    // 3.10.8, and 4.3
    [InlineData(530, "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of (1)", 20, 10, Phase.Declare)]
    [InlineData(530, "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of 1", 20, 10, Phase.Serve)]
    [InlineData(530, "NOT_ALLOWED - number of channels opened on node 'rabbit@h' has reached the maximum allowed limit of 1", 0, 0, Phase.Declare)] // 4.3
    [InlineData(530, "NOT_ALLOWED - reached maximum (0) of consumers per channel", 60, 20, Phase.Declare)] // 4.3: rabbit_channel
    // 3.10.8: rabbit_channel; 4.3: rabbit_queue_type, and rabbit_exchange
    [InlineData(406, "PRECONDITION_FAILED - cannot declare queue 'q': queue limit in vhost '/' (0) is reached", 50, 10, Phase.Declare)]
    [InlineData(406, "PRECONDITION_FAILED - cannot declare queue 'q': queue limit in cluster (0) is reached", 50, 10, Phase.Declare)]
    [InlineData(406, "PRECONDITION_FAILED - cannot declare exchange 'q' in vhost '/': exchange limit of 0 is reached", 40, 10, Phase.Declare)]
    [InlineData(406, "PRECONDITION_FAILED - cannot declare queue 'qqqqqqqq...", 50, 10, Phase.Declare)] // a reply text has 255 octets
    internal void Knows_that_a_limit_is_reached(ushort code, string text, ushort classId, ushort methodId, Phase phase)
    {
        var failure = FailureClassifier.Classify(code, text, classId, methodId, FailureScope.Connection, phase);
        Assert.Equal((LimitReached, FailureSeverity.Fatal, code), (failure.Kind, failure.Severity, failure.ReplyCode));
        Assert.Contains("limit", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(530, "NOT_ALLOWED - vhost is reached not found", Phase.Connect, VirtualHostRefused)]
    [InlineData(530, "NOT_ALLOWED - access to vhost 'limit is reached' refused for user 'is reached'", Phase.Connect, VirtualHostRefused)]
    [InlineData(403, "ACCESS_REFUSED - access to queue 'cannot declare queue' in vhost '/' refused for user 'is reached'", Phase.Declare, AccessRefused)]
    [InlineData( // 4.3
        403, "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u' by backend rabbit_auth_backend_http: no", Phase.Declare, AccessRefused)]
    [InlineData(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'is reached' in vhost '/': received 'quorum' but current is 'classic'",
        Phase.Declare,
        InequivalentArguments)]
    internal void Takes_no_name_for_a_limit(ushort code, string text, Phase phase, FailureKind kind)
    {
        var failure = FailureClassifier.Classify(code, text, 0, 0, FailureScope.Connection, phase);
        Assert.Equal((kind, FailureSeverity.Fatal), (failure.Kind, failure.Severity));
    }

    [Theory]
    // 4.3: rabbit_reader, and rabbit_access_control
    [InlineData(530, "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit cannot be queried, timeout", Phase.Connect)]
    [InlineData(
        530, "NOT_ALLOWED - access to vhost '/' refused for user 'guest', backend rabbit_auth_backend_http returned an error: timeout", Phase.Connect)]
    [InlineData(
        403,
        "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'guest', backend rabbit_auth_backend_ldap returned an error: ldap_connect_error",
        Phase.Declare)]
    [InlineData(
        403,
        "ACCESS_REFUSED - access to exchange 'q' in vhost '/' refused for user 'guest', "
            + "backend rabbit_auth_backend_oauth2 returned an error: \"Provided JWT token has expired at timestamp 1\"",
        Phase.Serve)]
    internal void Tells_a_right_that_is_not_there_from_one_that_could_not_be_looked_up(ushort code, string text, Phase phase)
    {
        var failure = FailureClassifier.Classify(code, text, 0, 0, FailureScope.Channel, phase);
        // A new connection logs in anew, with another token perhaps.
        Assert.Equal((FailureSeverity.Transient, FailureScope.Connection), (failure.Severity, failure.Scope));
    }

    [Fact]
    public void Recovers_from_a_reused_consumer_tag()
    {
        var failure = FailureClassifier.Classify(530, "NOT_ALLOWED - attempt to reuse consumer tag 't'", 60, 20, FailureScope.Connection, Phase.Declare);
        Assert.Equal((ConnectionClosed, FailureSeverity.Transient), (failure.Kind, failure.Severity));
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, Refused)]
    [InlineData(SocketError.HostNotFound, Unresolvable)]
    [InlineData(SocketError.NoData, Unresolvable)]
    [InlineData(SocketError.TryAgain, Unresolvable)]
    [InlineData(SocketError.NoRecovery, Unresolvable)]
    [InlineData(SocketError.HostUnreachable, Unreachable)]
    [InlineData(SocketError.NetworkUnreachable, Unreachable)]
    [InlineData(SocketError.HostDown, Unreachable)]
    [InlineData(SocketError.NetworkDown, Unreachable)]
    [InlineData(SocketError.AddressNotAvailable, Unreachable)]
    [InlineData(SocketError.TimedOut, TimedOut)]
    [InlineData(SocketError.ConnectionReset, ClosedByPeer)]
    [InlineData(SocketError.ConnectionAborted, ClosedByPeer)]
    [InlineData(SocketError.Shutdown, ClosedByPeer)]
    [InlineData(SocketError.NotConnected, ClosedByPeer)]
    [InlineData(SocketError.OperationAborted, ClosedByPeer)]
    [InlineData(SocketError.TooManyOpenSockets, Other)]
    [InlineData(SocketError.AccessDenied, Other)]
    public void Knows_socket_errors_however_they_are_wrapped(SocketError error, FailureKind kind)
    {
        var socket = new SocketException((int)error);
        foreach (var exception in new Exception[]
        {
            socket,
            new IOException("Unable to write data to the transport connection.", socket),
            new ConnectFailureException("Connection failed, host 127.0.0.1:5672", socket),
            new BrokerUnreachableException(new AggregateException(new ConnectFailureException("Connection failed", socket))),
            new OperationInterruptedException(new ShutdownEventArgs(Initiator.Library, 0, "unexpected exception", socket)),
            new AlreadyClosedException(new ShutdownEventArgs(Initiator.Library, 541, "unexpected exception", new IOException("x", socket))),
        })
        {
            Check(exception, Phase.Connect, kind, FailureSeverity.Transient, FailureScope.Connection);
            Check(exception, Phase.Serve, kind, FailureSeverity.Transient, FailureScope.Connection);
        }
    }

    [Fact]
    public void Knows_what_the_client_library_throws_while_connecting()
    {
        var refusedLogin = new AuthenticationFailureException("ACCESS_REFUSED - Login was refused");
        Check(new BrokerUnreachableException(refusedLogin), Phase.Connect, AuthenticationFailed, FailureSeverity.Fatal);
        var refusedHost = new PossibleAuthenticationFailureException("x", new OperationInterruptedException(Peer(530)));
        Check(new BrokerUnreachableException(refusedHost), Phase.Connect, VirtualHostRefused, FailureSeverity.Fatal);
        Check(new BrokerUnreachableException(new OperationInterruptedException(Peer(530))), Phase.Connect, VirtualHostRefused, FailureSeverity.Fatal);
        Check(new BrokerUnreachableException(new OperationInterruptedException(Peer(541))), Phase.Connect, ConnectionClosed, FailureSeverity.Transient);
        var endOfStream = new EndOfStreamException("Reached the end of the stream.");
        Check(new BrokerUnreachableException(endOfStream), Phase.Connect, ClosedByPeer, FailureSeverity.Transient);
        Check(new BrokerUnreachableException(new TimeoutException()), Phase.Connect, TimedOut, FailureSeverity.Transient);
        Check(new BrokerUnreachableException(new OperationCanceledException()), Phase.Connect, TimedOut, FailureSeverity.Transient);
        Check(new BrokerUnreachableException(new MalformedFrameException("x")), Phase.Connect, NotAmqp, FailureSeverity.Transient);
        var neverStarted = new IOException("connection.start was never received, likely due to a network timeout");
        Check(new BrokerUnreachableException(neverStarted), Phase.Connect, NotAmqp, FailureSeverity.Transient);
        var neverStartedSinceClosed = new IOException("connection.start was never received", new EndOfStreamException());
        Check(new BrokerUnreachableException(neverStartedSinceClosed), Phase.Connect, ClosedByPeer, FailureSeverity.Transient);
        Check(new IOException("x"), Phase.Serve, ClosedByPeer, FailureSeverity.Transient);
        Check(new BrokerUnreachableException(new PacketNotRecognizedException(1, 2, 3, 4)), Phase.Connect, NotAmqp, FailureSeverity.Transient);
        Check(new BrokerUnreachableException(new ProtocolVersionMismatchException(0, 9, 1, 0)), Phase.Connect, NotAmqp, FailureSeverity.Transient);
        var invalidCertificate = new AuthenticationException("The remote certificate is invalid.");
        Check(new BrokerUnreachableException(invalidCertificate), Phase.Connect, TlsFailed, FailureSeverity.Fatal);
    }

    [Fact]
    public void Judges_several_addresses_of_a_host_by_the_last()
    {
        var both = new AggregateException(
            new ConnectFailureException("::1", new SocketException((int)SocketError.NetworkUnreachable)),
            new ConnectFailureException("127.0.0.1", new SocketException((int)SocketError.ConnectionRefused)));
        Check(new BrokerUnreachableException(both), Phase.Connect, Refused, FailureSeverity.Transient);
    }

    [Theory]
    [InlineData(404, FailureScope.Channel)]
    [InlineData(405, FailureScope.Channel)]
    [InlineData(312, FailureScope.Channel)]
    [InlineData(320, FailureScope.Connection)]
    [InlineData(501, FailureScope.Connection)]
    [InlineData(504, FailureScope.Connection)]
    [InlineData(506, FailureScope.Connection)]
    [InlineData(540, FailureScope.Connection)]
    [InlineData(541, FailureScope.Connection)]
    public void Keeps_the_connection_when_a_declaration_cost_the_channel_alone(ushort code, FailureScope scope)
    {
        Assert.Equal(scope, FailureClassifier.Classify(new OperationInterruptedException(Peer(code)), Phase.Declare).Scope);
        Assert.Equal(FailureScope.Connection, FailureClassifier.Classify(new OperationInterruptedException(Peer(code)), Phase.Connect).Scope);
    }

    [Fact]
    public void Knows_how_a_connection_ends_while_it_serves()
    {
        CheckEnd(new(Initiator.Peer, 320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"), ConnectionForced);
        CheckEnd(new(Initiator.Library, 0, "End of stream", new EndOfStreamException("Reached the end of the stream.")), ClosedByPeer);
        CheckEnd(new(Initiator.Library, 0, "End of stream", new EndOfStreamException("Heartbeat missing with heartbeat == 00:00:10 seconds")), TimedOut);
        var reset = new IOException("x", new SocketException((int)SocketError.ConnectionReset));
        CheckEnd(new(Initiator.Library, 541, "Unexpected Exception", reset), ClosedByPeer);
        CheckEnd(new(Initiator.Library, 541, "Unexpected Exception", new ObjectDisposedException("Socket")), Other);
    }

    [Fact]
    public void Says_after_the_handshake_that_the_broker_hangs_and_before_it_that_the_address_may_be_wrong()
    {
        var refused = FailureClassifier.Classify(new SocketException((int)SocketError.ConnectionRefused), Phase.Connect);
        Assert.Contains("Check", refused.Advice, StringComparison.Ordinal);
        Assert.Contains("address", FailureClassifier.Classify(new TimeoutException(), Phase.Connect).Advice, StringComparison.Ordinal);
        Assert.Contains("majority", FailureClassifier.Classify(new TimeoutException(), Phase.Declare).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_was_classified_before()
    {
        var failure = NewFailure.Channel(ParkingFailed, "x");
        Assert.Same(failure, FailureClassifier.Classify(new ClusterSessionException(failure, new("h", 1)), Phase.Connect));
    }

    [Fact]
    public void Writes_the_texts_of_the_peer_on_one_bounded_line()
    {
        var failure = FailureClassifier.Classify(404, "NOT_FOUND\r\n\u001b[31m" + new string('x', 10_000), 0, 0, FailureScope.Channel, Phase.Declare);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.InRange(failure.Message.Length, 100, 400);
    }

    private static ShutdownEventArgs Peer(ushort code) => new(Initiator.Peer, code, "REASON - text");

    private static void Check(Exception exception, Phase phase, FailureKind kind, FailureSeverity severity, FailureScope scope = FailureScope.Connection)
    {
        var failure = FailureClassifier.Classify(exception, phase);
        Assert.Equal((kind, severity, scope), (failure.Kind, failure.Severity, failure.Scope));
    }

    private static void CheckEnd(ShutdownEventArgs reason, FailureKind kind)
    {
        var failure = FailureClassifier.Classify(reason, FailureScope.Connection, Phase.Serve);
        Assert.Equal((kind, FailureSeverity.Transient, FailureScope.Connection), (failure.Kind, failure.Severity, failure.Scope));
    }
}
