using System.Net.Sockets;
using System.Security.Authentication;
using ClusterTest.Reconnect.Internal;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;
using static ClusterTest.Reconnect.FaultKind;
using Initiator = RabbitMQ.Client.ShutdownInitiator;

namespace ClusterTest.Reconnect.Tests;

public sealed class FaultClassifierTests
{
    private const FaultKind Generic = Other; // ChannelClosed or ConnectionClosed, as the scope has it

    private static readonly FaultKind[] FatalKinds =
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
    public void Knows_every_reply_code_in_every_phase_and_scope(ushort code, FaultKind connect, FaultKind declare, FaultKind serve)
    {
        foreach (var (phase, kind) in new[] { (Phase.Connect, connect), (Phase.Declare, declare), (Phase.Serve, serve) })
        {
            foreach (var scope in Enum.GetValues<FaultScope>())
            {
                var fault = FaultClassifier.Classify(code, "REASON - text.", 0, 0, scope, phase);
                var expected = kind != Generic ? kind : scope == FaultScope.Channel ? ChannelClosed : ConnectionClosed;
                Assert.Equal((expected, code), (fault.Kind, fault.ReplyCode));
                Assert.Equal(FatalKinds.Contains(expected) ? FaultVerdict.Fatal : FaultVerdict.Transient, fault.Verdict);
                Assert.Equal(fault.Verdict == FaultVerdict.Fatal ? FaultScope.Connection : scope, fault.Scope);
                Assert.Contains($"{code} REASON - text", fault.Message, StringComparison.Ordinal);
                Assert.DoesNotMatch("\\.$|\n", fault.Message);
                Assert.True(fault.Verdict == FaultVerdict.Transient || fault.Advice.EndsWith('.'), "a fatal fault says what to do");
            }
        }
    }

    [Theory]
    [InlineData(406, true)]
    [InlineData(311, true)]
    [InlineData(404, false)]
    public void A_message_that_is_never_accepted_is_no_reason_to_end_a_session(ushort code, bool isTheMessages)
    {
        var fault = FaultClassifier.Classify(code, "message size 200000000 is larger than configured max size 134217728", 60, 40, FaultScope.Channel, Phase.Serve);
        Assert.Equal(isTheMessages ? MessageRefused : NotFound, fault.Kind);
        Assert.Equal(FaultVerdict.Transient, fault.Verdict);
    }

    [Fact]
    public void Recovers_from_a_reused_consumer_tag()
    {
        var fault = FaultClassifier.Classify(530, "NOT_ALLOWED - attempt to reuse consumer tag 't'", 60, 20, FaultScope.Connection, Phase.Declare);
        Assert.Equal((ConnectionClosed, FaultVerdict.Transient), (fault.Kind, fault.Verdict));
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
    public void Knows_socket_errors_however_they_are_wrapped(SocketError error, FaultKind kind)
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
            Check(exception, Phase.Connect, kind, FaultVerdict.Transient, FaultScope.Connection);
            Check(exception, Phase.Serve, kind, FaultVerdict.Transient, FaultScope.Connection);
        }
    }

    [Fact]
    public void Knows_what_the_client_library_throws_while_connecting()
    {
        Check(new BrokerUnreachableException(new AuthenticationFailureException("ACCESS_REFUSED - Login was refused")), Phase.Connect, AuthenticationFailed, FaultVerdict.Fatal);
        Check(new BrokerUnreachableException(new PossibleAuthenticationFailureException("x", new OperationInterruptedException(Peer(530)))), Phase.Connect, VirtualHostRefused, FaultVerdict.Fatal);
        Check(new BrokerUnreachableException(new OperationInterruptedException(Peer(530))), Phase.Connect, VirtualHostRefused, FaultVerdict.Fatal);
        Check(new BrokerUnreachableException(new OperationInterruptedException(Peer(541))), Phase.Connect, ConnectionClosed, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new EndOfStreamException("Reached the end of the stream.")), Phase.Connect, ClosedByPeer, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new TimeoutException()), Phase.Connect, TimedOut, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new OperationCanceledException()), Phase.Connect, TimedOut, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new MalformedFrameException("x")), Phase.Connect, NotAmqp, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new IOException("connection.start was never received, likely due to a network timeout")), Phase.Connect, NotAmqp, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new IOException("connection.start was never received", new EndOfStreamException())), Phase.Connect, ClosedByPeer, FaultVerdict.Transient);
        Check(new IOException("x"), Phase.Serve, ClosedByPeer, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new PacketNotRecognizedException(1, 2, 3, 4)), Phase.Connect, NotAmqp, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new ProtocolVersionMismatchException(0, 9, 1, 0)), Phase.Connect, NotAmqp, FaultVerdict.Transient);
        Check(new BrokerUnreachableException(new AuthenticationException("The remote certificate is invalid.")), Phase.Connect, TlsFailed, FaultVerdict.Fatal);
    }

    [Fact]
    public void Judges_several_addresses_of_a_host_by_the_last()
    {
        var both = new AggregateException(
            new ConnectFailureException("::1", new SocketException((int)SocketError.NetworkUnreachable)),
            new ConnectFailureException("127.0.0.1", new SocketException((int)SocketError.ConnectionRefused)));
        Check(new BrokerUnreachableException(both), Phase.Connect, Refused, FaultVerdict.Transient);
    }

    [Theory]
    [InlineData(404, FaultScope.Channel)]
    [InlineData(405, FaultScope.Channel)]
    [InlineData(312, FaultScope.Channel)]
    [InlineData(320, FaultScope.Connection)]
    [InlineData(501, FaultScope.Connection)]
    [InlineData(504, FaultScope.Connection)]
    [InlineData(506, FaultScope.Connection)]
    [InlineData(540, FaultScope.Connection)]
    [InlineData(541, FaultScope.Connection)]
    public void Keeps_the_connection_when_a_declaration_cost_the_channel_alone(ushort code, FaultScope scope)
    {
        Assert.Equal(scope, FaultClassifier.Classify(new OperationInterruptedException(Peer(code)), Phase.Declare).Scope);
        Assert.Equal(FaultScope.Connection, FaultClassifier.Classify(new OperationInterruptedException(Peer(code)), Phase.Connect).Scope);
    }

    [Fact]
    public void Knows_how_a_connection_ends_while_it_serves()
    {
        CheckEnd(new(Initiator.Peer, 320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"), ConnectionForced);
        CheckEnd(new(Initiator.Library, 0, "End of stream", new EndOfStreamException("Reached the end of the stream.")), ClosedByPeer);
        CheckEnd(new(Initiator.Library, 0, "End of stream", new EndOfStreamException("Heartbeat missing with heartbeat == 00:00:10 seconds")), TimedOut);
        CheckEnd(new(Initiator.Library, 541, "Unexpected Exception", new IOException("x", new SocketException((int)SocketError.ConnectionReset))), ClosedByPeer);
        CheckEnd(new(Initiator.Library, 541, "Unexpected Exception", new ObjectDisposedException("Socket")), Other);
    }

    [Fact]
    public void Says_after_the_handshake_that_the_broker_hangs_and_before_it_that_the_address_may_be_wrong()
    {
        Assert.Contains("Check", FaultClassifier.Classify(new SocketException((int)SocketError.ConnectionRefused), Phase.Connect).Advice, StringComparison.Ordinal);
        Assert.Contains("address", FaultClassifier.Classify(new TimeoutException(), Phase.Connect).Advice, StringComparison.Ordinal);
        Assert.Contains("majority", FaultClassifier.Classify(new TimeoutException(), Phase.Declare).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_was_classified_before()
    {
        var fault = Faults.Channel(ParkingFailed, "x");
        Assert.Same(fault, FaultClassifier.Classify(new ClusterSessionException(fault, new("h", 1)), Phase.Connect));
    }

    [Fact]
    public void Writes_the_texts_of_the_peer_on_one_bounded_line()
    {
        var fault = FaultClassifier.Classify(404, "NOT_FOUND\r\n\u001b[31m" + new string('x', 10_000), 0, 0, FaultScope.Channel, Phase.Declare);
        Assert.DoesNotContain(fault.Message, char.IsControl);
        Assert.InRange(fault.Message.Length, 100, 400);
    }

    private static ShutdownEventArgs Peer(ushort code) => new(Initiator.Peer, code, "REASON - text");

    private static void Check(Exception exception, Phase phase, FaultKind kind, FaultVerdict verdict, FaultScope scope = FaultScope.Connection)
    {
        var fault = FaultClassifier.Classify(exception, phase);
        Assert.Equal((kind, verdict, scope), (fault.Kind, fault.Verdict, fault.Scope));
    }

    private static void CheckEnd(ShutdownEventArgs reason, FaultKind kind)
    {
        var fault = FaultClassifier.Classify(reason, FaultScope.Connection, Phase.Serve);
        Assert.Equal((kind, FaultVerdict.Transient, FaultScope.Connection), (fault.Kind, fault.Verdict, fault.Scope));
    }
}
