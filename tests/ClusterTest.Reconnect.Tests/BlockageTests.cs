using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Field lesson 20: publishing into a blocked connection leaks (rabbitmq-dotnet-client#1573).</summary>
public sealed class BlockageTests : BrokerTest
{
    private readonly LogRecorder _log = new();

    private ClusterOptions Watched => Cluster with { TimeProvider = Clock, LoggerFactory = _log };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publishes_nothing_while_the_broker_blocks_and_goes_on_afterwards(bool isIdle)
    {
        var producer = Produce(new ProducerOptions { Cluster = Watched, PublishTimeout = TimeSpan.FromHours(1) });
        await OpenAsync();
        Task<PublishResult>? first = null;
        if (!isIdle)
        {
            first = producer.PublishAsync(Message("0"), Token);
            await first;
        }

        var connection = Broker.Connections[0];
        await BlockAsync(connection);
        List<Task<PublishResult>> publishes = [.. Enumerable.Range(1, 10).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        Clock.Advance(TimeSpan.FromMinutes(5)); // no stall: the broker said that it would not answer
        await SomethingElseHappensAsync();
        Assert.Equal(isIdle ? 0 : 1, connection.Received.OfType<BasicPublish>().Count());
        Assert.Equal(0, producer.Statistics.InFlight);

        connection.Unblock();
        Assert.All(await Task.WhenAll(publishes), result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Opens_no_channel_while_the_broker_blocks()
    {
        var producer = Produce(Cluster with { LoggerFactory = _log });
        await OpenAsync();
        var connection = Broker.Connections[0];
        await BlockAsync(connection);
        connection.CloseChannel(1, 404, "NOT_FOUND");
        await Events.WaitForAsync(change => change.To == Recovering);
        await SomethingElseHappensAsync();
        var before = connection.Received.OfType<ChannelOpen>().Count();
        await SomethingElseHappensAsync();
        Assert.Equal(before, connection.Received.OfType<ChannelOpen>().Count());
        Assert.Single(connection.Received.OfType<ExchangeDeclare>());

        connection.Unblock();
        await OpenAsync(2);
        Assert.True((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        Assert.Null(connection.EndedAt);
    }

    [Fact]
    public async Task Lets_consumers_go_on()
    {
        Consume(Watched);
        await OpenAsync();
        await BlockAsync(Broker.Connections[0]);
        Broker.Enqueue(Name, "a");
        Assert.Equal(["a"], await AckedAsync(1));
    }

    [Fact]
    public async Task Gives_what_was_written_before_the_time_to_be_confirmed_afterwards()
    {
        var withheld = Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions
        {
            Cluster = Watched with { StallTimeout = TimeSpan.FromSeconds(10) },
            PublishTimeout = TimeSpan.FromHours(1),
        });
        await OpenAsync();
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Broker.ReceivedAsync<BasicPublish>();
        var connection = Broker.Connections[0];
        await BlockAsync(connection);
        Clock.Advance(TimeSpan.FromMinutes(5));
        connection.Unblock();
        await _log.Lines.WaitForAsync(line => line.Id == 43);
        Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.True(connection.IsOpen);
        withheld.Remove();
        Broker.Unconfirmed[0].Confirm();
        Assert.Equal(1, (await publishing).Attempts);
    }

    [Fact]
    public async Task Tells_what_was_never_written_from_what_may_have_arrived()
    {
        var producer = Produce(new ProducerOptions { Cluster = Watched, PublishTimeout = TimeSpan.FromSeconds(30) });
        await OpenAsync();
        await BlockAsync(Broker.Connections[0]);
        var publishing = producer.PublishAsync(Message("a"), Token);
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(PublishOutcome.NotSent, (await publishing).Outcome);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task BlockAsync(BrokerConnection connection)
    {
        connection.Block("low on memory");
        await _log.Lines.WaitForAsync(line => line.Id == 42);
    }

    /// <summary>Work on another connection, long enough for what must not happen on this one.</summary>
    private async Task SomethingElseHappensAsync()
    {
        await using var other = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = Cluster with { OnSessionEvent = null, Topology = Topology.Named("other") },
        });
        for (var i = 0; i < 50; i++)
        {
            await other.PublishAsync(Message($"other {i}"), Token);
        }
    }
}
