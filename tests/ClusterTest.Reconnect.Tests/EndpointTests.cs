using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Which address a session goes to next.</summary>
public sealed class EndpointTests : BrokerTest
{
    private readonly ScriptedBroker _other = ScriptedBroker.Start();

    private ClusterEndpoint Second => new(ScriptedBroker.Host, _other.Port);

    private ClusterOptions Both => Cluster with { Endpoints = [Endpoint, Second] };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Tries_the_endpoints_in_turn_and_tells_which_one_it_is_at()
    {
        Broker.StopListening();
        _other.On<QueueDeclare>().Once().CloseChannel(404, "NOT_FOUND - home node is down");
        var consumer = Consume(Both);
        Assert.Equal(Second, (await OpenAsync()).Endpoint);
        Assert.Single(_other.Connections);

        Broker.StartListening();
        _other.Kill();
        Assert.Equal(Endpoint, (await OpenAsync(2)).Endpoint);
        Assert.Equal(Second, Events.Items.Last(change => change.To == Recovering).Endpoint);
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Leaves_one_that_opens_sessions_and_drops_them()
    {
        // Field lesson 44: an address that opens sessions and drops them was tried for ever, and the next one never.
        var consumer = Consume(Both with { OnSessionEvent = change => DropWhenOpen(change, Endpoint) });
        Assert.Equal(Second, (await Events.WaitForAsync(change => change.To == Open && change.Endpoint == Second)).Endpoint);
        Assert.Single(Broker.Connections);
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Leaves_one_that_takes_messages_and_confirms_none()
    {
        // Field lesson 44.
        Broker.WithholdConfirms();
        var producer = Produce(Both with { StallTimeout = TimeSpan.FromSeconds(1.5) }); // longer than a short life
        Assert.True((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        Assert.Equal(FailureKind.Stalled, Assert.Single(Events.Items, change => change.To == Recovering).Cause!.Kind);
        Assert.Single(Broker.Connections);
        await producer.DisposeAsync();
    }

    [Fact]
    public async Task Leaves_one_whose_heartbeats_stop()
    {
        // Field lesson 44.
        var consumer = Consume(Both with { Heartbeat = TimeSpan.FromSeconds(1) });
        await OpenAsync();
        Broker.OpenConnections[0].Freeze();
        Assert.Equal(Second, (await OpenAsync(2)).Endpoint);
        Assert.Single(Broker.Connections);
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Comes_back_to_the_first_after_a_session_that_served_elsewhere_for_a_while()
    {
        Broker.StopListening();
        var consumer = Consume(Both);
        var open = await OpenAsync();
        Broker.StartListening();
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - open.At > TimeSpan.FromMilliseconds(1100));
        _other.OpenConnections[0].Reset();
        Assert.Equal(Endpoint, (await OpenAsync(2)).Endpoint);
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Gives_up_on_one_that_opens_sessions_and_drops_them_when_there_is_no_other()
    {
        var consumer = Consume(Cluster with
        {
            RecoveryTimeout = TimeSpan.FromSeconds(1),
            OnSessionEvent = change => DropWhenOpen(change, Endpoint),
        });
        var exception = await Assert.ThrowsAsync<ClusterRecoveryTimeoutException>(() => consumer.Completion.WaitAsync(ScriptedBroker.DefaultTimeout, Token));
        Assert.Equal(FailureKind.ClosedByPeer, exception.Failure.Kind);
        Assert.True(exception.Attempts > 2 && exception.Elapsed > TimeSpan.FromSeconds(0.9), exception.Message);
    }

    private void DropWhenOpen(SessionEvent change, ClusterEndpoint endpoint)
    {
        Events.Add(change);
        if (change.To == Open && change.Endpoint == endpoint)
        {
            Broker.OpenConnections[0].Reset();
        }
    }

    [Fact]
    public async Task An_address_whose_sessions_lose_their_channel_at_once_is_left()
    {
        // Field lesson 44.
        await using var healthy = ScriptedBroker.Start();
        Broker.After<BasicConsume>().Do(_ => Broker.CancelConsumers(Name));
        var consumer = Consume(Cluster with { Endpoints = [Endpoint, new ClusterEndpoint(ScriptedBroker.Host, healthy.Port)] });
        await healthy.ReceivedAsync<BasicConsume>();
        await consumer.DisposeAsync();
    }
}
