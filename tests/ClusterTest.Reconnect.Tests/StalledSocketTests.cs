using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 1: the write loop dies, and publishers and shutdown hang for minutes or for ever (rabbitmq-dotnet-client#1930, #1928).
/// Here the peer reads nothing more, and the socket is full.
/// </summary>
public sealed class StalledSocketTests : BrokerTest
{
    private static readonly byte[] Body = new byte[1_000_000];

    [Fact]
    public async Task Replaces_the_connection_and_publishes_again_in_order()
    {
        var stall = TimeSpan.FromSeconds(1.5);
        var publishes = await StallAsync(Produce(Cluster with { StallTimeout = stall }));
        Assert.All(await Task.WhenAll(publishes), result => Assert.True(result.IsConfirmed));
        var lost = Events.Items.First(change => change.To == Recovering);
        Assert.Equal((FailureKind.Stalled, FailureScope.Connection), (lost.Cause!.Kind, lost.Cause.Scope));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), Published(Broker.Received.OfType<BasicPublish>().Last().Connection.Number));

        // From the verdict until all is ready again: the abort waits for nobody, neither for the peer nor for the write.
        Assert.InRange((await OpenAsync(2)).Outage!.Value, TimeSpan.Zero, stall);
    }

    [Fact]
    public async Task Ends_every_publish_by_its_deadline_before_the_stall_is_noticed()
    {
        var publishes = await StallAsync(Produce(new ProducerOptions
        {
            Cluster = Cluster with { StallTimeout = TimeSpan.FromMinutes(1) },
            PublishTimeout = TimeSpan.FromSeconds(1),
        }));
        var results = await Task.WhenAll(publishes).WaitAsync(StopBound, Token);
        Assert.All(results, result => Assert.Contains(result.Outcome, new[] { PublishOutcome.Unknown, PublishOutcome.NotSent }));
        Assert.Contains(results, result => result.Outcome == PublishOutcome.Unknown);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Stops_by_its_deadline_and_lists_what_is_unconfirmed()
    {
        var producer = Produce(Cluster with { StallTimeout = TimeSpan.FromMinutes(1), DrainTimeout = TimeSpan.FromMilliseconds(300) });
        var publishes = await StallAsync(producer);
        var unconfirmed = await producer.StopAsync().WaitAsync(StopBound, Token);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), unconfirmed);
        Assert.All(await Task.WhenAll(publishes).WaitAsync(StopBound, Token), result => Assert.False(result.IsConfirmed));
        await producer.DisposeAsync().AsTask().WaitAsync(StopBound, Token);
    }

    /// <summary>Publishes far more than the buffers between take.</summary>
    private async Task<IReadOnlyList<Task<PublishResult>>> StallAsync(ClusterProducer producer)
    {
        await OpenAsync();
        Broker.Connections[0].StopReading();
        return [.. Enumerable.Range(0, 30).Select(i => producer.PublishAsync(new OutgoingMessage { Body = Body, MessageId = $"{i}" }, Token))];
    }
}
