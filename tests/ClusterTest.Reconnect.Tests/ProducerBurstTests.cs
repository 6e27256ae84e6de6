using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Messages that a channel holds back are released by the channel itself: nobody watches it here.</summary>
public sealed class ProducerBurstTests : BrokerTest
{
    private const int Window = 512;

    private readonly Outbox _outbox;
    private readonly CleanUp _cleanUp = new(TimeProvider.System, NullLogger.Instance);

    // On this clock no message comes late.
    public ProducerBurstTests() => _outbox = new Outbox(Window, Timeout.InfiniteTimeSpan, Clock, static (_, _) => { });

    [Theory]
    [InlineData(9)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1000)]
    public async Task What_waited_for_a_channel_passes_together(int count)
    {
        var results = Enumerable.Range(0, count).Select(Publish).ToList();
        await PublishAsync(async link =>
        {
            await ConfirmedAsync(results);
            Assert.InRange(link.Cork.Holds, 1, count);
            Assert.False(link.Cork.IsHeld);
        });
    }

    [Fact]
    public async Task What_a_loop_publishes_that_waited_for_the_window_passes_together_until_that_is_full() => await PublishAsync(async link =>
    {
        List<Task<PublishResult>> results = [];
        var withheld = Broker.WithholdConfirms();
        for (var round = 0; round < 5; round++)
        {
            results.AddRange(Enumerable.Range(results.Count, Window - (results.Count % Window)).Select(Publish));
            await Broker.WaitForAsync(static broker => broker.Unconfirmed.Count == Window);
            var room = _outbox.WaitForRoomAsync(Token);
            foreach (var publish in Broker.Unconfirmed)
            {
                publish.Confirm();
            }

            await room;
            results.AddRange(Enumerable.Range(results.Count, 10).Select(Publish));
            Assert.True(link.Cork.IsHeld); // further messages are expected: there is room for them
        }

        withheld.Remove();
        link.Cork.Release();
        foreach (var publish in Broker.Unconfirmed)
        {
            publish.Confirm();
        }

        await ConfirmedAsync(results);
    });

    [Fact]
    public async Task Nothing_is_held_back_while_the_broker_blocks_the_connection() => await PublishAsync(async link =>
    {
        Broker.OpenConnections[0].Block("low on memory");
        await Eventually.TrueAsync(() => link.Blockage.IsBlocked);
        link.Cork.Hold();
        var result = Publish(0);
        await Eventually.TrueAsync(() => !link.Cork.IsHeld);
        Broker.OpenConnections[0].Unblock();
        await ConfirmedAsync([result]);
    });

    [Fact]
    public async Task Nothing_is_held_back_by_a_channel_that_is_lost() => await PublishAsync(async link =>
    {
        await ConfirmedAsync([Publish(0)]);
        link.Cork.Hold();
        Broker.OpenConnections[0].Reset();
        await Eventually.TrueAsync(() => !link.IsOpen);
    });

    private Task<PublishResult> Publish(int number) => _outbox.Add(new OutgoingContent(Message($"{number}")), Token).Result;

    private static async Task ConfirmedAsync(List<Task<PublishResult>> results)
    {
        var all = await Task.WhenAll(results).WaitAsync(ScriptedBroker.DefaultTimeout, TimeProvider.System, Token);
        Assert.All(all, static result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
    }

    private async Task PublishAsync(Func<Link, Task> act)
    {
        var log = NullLogger.Instance;
        var socket = await new Dialer(Cluster).ConnectAsync(Endpoint, 0, _cleanUp, Token);
        var link = await Link.OpenAsync(Cluster, Endpoint, socket, new Login(Cluster), Name, _cleanUp, log, Token);
        link.Cork.Watcher = static _ => { };
        await using var beat = new Beat(Cluster.TimeProvider);
        var context = new SessionContext(0, Cluster, new Declarations(Cluster, _cleanUp, log), beat, _cleanUp, log);
        try
        {
            await using (var generation = await ProducerGeneration.StartAsync(context, link, 1, _outbox, Token))
            {
                generation.Start(Task.CompletedTask);
                await act(link);
            }

            Assert.False(link.Cork.IsHeld);
        }
        finally
        {
            link.Cork.Release();
            link.Abort(_cleanUp);
            await _cleanUp.FinishAsync();
        }
    }
}
