using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterTest.Reconnect.Tests.Support;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A name with several addresses: DNS round robin, a headless service, <c>localhost</c>. Linux answers at all of 127.0.0.0/8.</summary>
public sealed class NameTests : BrokerTest
{
    private static readonly IPAddress First = IPAddress.Loopback;
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Dead = IPAddress.Parse("127.0.0.3");

    private readonly List<IAsyncDisposable> _others = [];
    private readonly Recorder<string> _lookUps = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task Goes_to_the_next_address_when_nothing_listens_at_the_first()
    {
        // Field lesson 48.
        Consume(Named(Dead, First));
        Assert.Equal(1, (await OpenAsync()).Attempts);
    }

    [Fact]
    public async Task Goes_to_the_next_address_soon_when_the_first_drops_what_it_gets()
    {
        // Field lesson 48: rabbitmq-dotnet-client#226, an unreachable address ate the whole attempt.
        using var hole = BlackHole.At(Dead, Broker.Port);
        Consume(Named(Dead, First));
        Assert.Equal(1, (await OpenAsync()).Attempts);
        await Eventually.TrueAsync(() => !hole.IsConnectedTo); // the loser was closed
    }

    [Fact]
    public async Task Goes_to_the_next_address_at_the_next_attempt_when_the_first_accepts_and_says_nothing()
    {
        // Field lesson 48.
        Other(Second).Freeze();
        Consume(Named(Second, First) with { AttemptTimeout = TimeSpan.FromSeconds(1) });
        var open = await OpenAsync();
        Assert.Equal(2, open.Attempts);

        // And stays with the one that served.
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - open.At > TimeSpan.FromMilliseconds(1100));
        Broker.OpenConnections[0].Reset();
        Assert.Equal(1, (await OpenAsync(2)).Attempts);
    }

    [Fact]
    public async Task Leaves_an_address_that_opens_sessions_and_drops_them()
    {
        // Field lessons 44 and 48.
        var other = Other(Second);
        other.After<BasicConsume>().Disconnect();
        Consume(Named(Second, First));
        await Broker.OpenConnectionsAsync(1);
        Assert.InRange(other.Connections.Count, 1, 2);
    }

    [Fact]
    public async Task Asks_for_the_addresses_at_each_connect()
    {
        IPAddress[] addresses = [First];
        var other = Other(Second);
        Consume(Named(() => Task.FromResult(addresses)));
        await OpenAsync();
        addresses = [Second];
        Broker.Kill();
        await OpenAsync(2);
        Assert.Single(other.OpenConnections);
        Assert.All(_lookUps.Items, host => Assert.Equal("cluster.test", host));
    }

    [Fact]
    public async Task Begins_each_session_at_another_address()
    {
        var other = Other(Second);
        Consume(Named(First, Second) with { Sessions = 2 });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        Assert.Equal((1, 1), (Broker.Connections.Count, other.Connections.Count));
    }

    [Fact]
    public async Task Tells_what_the_last_address_said_when_none_can_be_connected_to()
    {
        Broker.StopListening();
        Consume(Named(Dead, First));
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal(FailureKind.Refused, late.Cause!.Kind);
    }

    [Fact]
    public async Task Names_the_addresses_when_none_answers()
    {
        using var hole = BlackHole.At(Dead, Broker.Port);
        Consume(Named(Dead) with { AttemptTimeout = TimeSpan.FromSeconds(0.5) });
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal((FailureKind.TimedOut, "nothing answers at 127.0.0.3"), (late.Cause!.Kind, late.Cause.Message));
    }

    [Fact]
    public async Task Takes_up_a_look_up_that_lasts_longer_than_an_attempt()
    {
        // Field lesson 49: kubernetes#56903, a name server that is silent costs 5 s, and an attempt may take as long.
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        Consume(Named(() => answer.Task) with { AttemptTimeout = TimeSpan.FromSeconds(0.3) });
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal((FailureKind.TimedOut, "the name service did not resolve cluster.test in time"), (late.Cause!.Kind, late.Cause.Message));
        answer.SetResult([First]);
        await OpenAsync();
        Assert.Single(_lookUps.Items);
    }

    [Fact]
    public async Task Says_once_that_a_look_up_is_slow_while_it_is()
    {
        // kubernetes#56903, coredns#3163: of two name servers the first is silent, and each look-up takes 5 s.
        using var log = new LogRecorder();
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        Consume(Named(() => answer.Task) with { AttemptTimeout = TimeSpan.FromMinutes(1), TimeProvider = Clock, LoggerFactory = log });
        await _lookUps.WaitForAsync(_ => true);
        await AdvanceUntilAsync(() => Slow().Count > 0, TimeSpan.FromMilliseconds(250));
        Assert.Empty(Events.Items);
        await AdvanceUntilAsync(() => log.Lines.Items.Any(line => line.Text.Contains("attempt 1", StringComparison.Ordinal)), TimeSpan.FromSeconds(1));
        answer.SetResult([First]);
        await AdvanceUntilAsync(() => Events.Items.Any(change => change.To == Open), TimeSpan.FromMilliseconds(100));
        Assert.Equal(
            "The name service has not resolved cluster.test within 1 s. "
                + "If this lasts, query each of its servers (on Linux those in /etc/resolv.conf), and remove the servers that do not answer",
            Assert.Single(Slow()));

        IReadOnlyList<string> Slow() =>
        [
            .. log.Lines.Items
                .Select(line => line.Text)
                .Where(text => text.StartsWith("The name service has not resolved", StringComparison.Ordinal)),
        ];
    }

    [Fact]
    public async Task Asks_again_when_a_name_is_unknown()
    {
        Consume(Named(() => _lookUps.Items.Count switch
        {
            < 4 => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain)),
            < 5 => Task.FromResult<IPAddress[]>([]),
            _ => Task.FromResult<IPAddress[]>([First]),
        }));
        await OpenAsync();
        Assert.Equal(FailureKind.Unresolvable, Assert.Single(Events.Items, change => change.To == Recovering).Cause!.Kind);
    }

    [Theory]
    [InlineData("unreachable")]
    [InlineData("silent")]
    [InlineData("good")]
    public async Task Takes_either_family(string state)
    {
        Assert.SkipUnless(HasIpv6(), "This machine has no IPv6, not even on loopback.");
        using var hole = state == "silent" ? BlackHole.At(IPAddress.IPv6Loopback, Broker.Port) : null;
        var other = state == "good" ? Other(IPAddress.IPv6Loopback) : null;
        Consume(Named(IPAddress.IPv6Loopback, First));
        Assert.Equal(1, (await OpenAsync()).Attempts);
        Assert.Equal(state == "good" ? 0 : 1, Broker.Connections.Count);
        Assert.Equal(state == "good" ? 1 : 0, other?.Connections.Count ?? 0);
    }

    [Fact]
    public async Task Asks_by_the_name_in_TLS()
    {
        using var authority = new TestAuthority();
        var front = TlsFront.Start(Broker, authority.Issue("cluster.test"));
        _others.Add(front);
        Consume(Named(Dead, First) with
        {
            Endpoints = [new ClusterEndpoint("cluster.test", front.Port, UseTls: true)],
            Tls = () => new TlsOptions { TrustedAuthorities = [authority.Certificate] },
        });
        await OpenAsync();
    }

    [Theory]
    [InlineData("a6 b6 c4 d4", 0, "a6 c4 b6 d4")]
    [InlineData("c4 a6 b6 d4", 0, "c4 a6 d4 b6")]
    [InlineData("c4 d4 e4 a6", 0, "c4 a6 d4 e4")]
    [InlineData("c4 d4 c4", 0, "c4 d4")]
    [InlineData("c4 d4 e4", 1, "d4 e4 c4")]
    [InlineData("a6 b6 c4 d4", 2, "b6 d4 a6 c4")]
    [InlineData("c4 d4 e4", 7, "d4 e4 c4")]
    public void Lets_the_families_take_turns_and_begins_further_on_each_time(string found, int turn, string order)
    {
        static IPAddress Address(string name) => IPAddress.Parse(name[1] == '6'
            ? $"fd00::{name[0]}"
            : string.Create(CultureInfo.InvariantCulture, $"10.0.0.{name[0] - 'a'}"));
        Assert.Equal(order.Split(' ').Select(Address), Internal.Connections.Dialer.InOrder([.. found.Split(' ').Select(Address)], turn));
    }

    private static bool HasIpv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private ClusterOptions Named(params IPAddress[] addresses) => Named(() => Task.FromResult(addresses));

    private ClusterOptions Named(Func<Task<IPAddress[]>> addresses) => Cluster with
    {
        Endpoints = [new ClusterEndpoint("cluster.test", Broker.Port)],
        LookUp = host =>
        {
            _lookUps.Add(host);
            return addresses();
        },
    };

    private ScriptedBroker Other(IPAddress address)
    {
        var other = ScriptedBroker.Start(new() { Address = address, Port = Broker.Port });
        _others.Add(other);
        return other;
    }
}
