using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Consuming;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ConsumerStopTests : BrokerTest
{
    [Theory]
    [InlineData(DeliveryAction.Ack)]
    [InlineData(DeliveryAction.Park)]
    public async Task A_stop_waits_for_the_ack_of_the_message_whose_handler_asked_for_it(DeliveryAction action)
    {
        var stopping = Task.CompletedTask;
        ClusterConsumer? consumer = null;
        consumer = Consume(_ =>
        {
            stopping = Task.Run(() => consumer!.StopAsync(), Token);

            // The handler does not give its thread back before the stop is well under way.
            var closing = Broker.ReceivedAsync<ConnectionClose>(timeout: TimeSpan.FromMilliseconds(300));
            ((IAsyncResult)closing).AsyncWaitHandle.WaitOne();
            Assert.True(closing.IsFaulted, $"the connection was closed under the handler: {closing.Exception}");
            return new(action == DeliveryAction.Ack ? DeliveryResult.Ack : DeliveryResult.Park("no reason"));
        });
        await OpenAsync();
        Broker.Enqueue(Name, "1");
        Assert.Equal(["1"], await AckedAsync(1));
        await stopping;
        Assert.Equal(action == DeliveryAction.Park ? 1 : 0, Broker.Queue($"{Name}.parked").Ready.Count);
        Assert.Empty(Broker.Queue(Name).Ready);
    }

    [Fact]
    public async Task Drains_in_order_when_its_channel_was_lost_in_the_moment_of_the_stop()
    {
        var log = NullLogger.Instance;
        var cleanUp = new CleanUp(TimeProvider.System, log);
        var socket = await new Dialer(Cluster).ConnectAsync(Endpoint, 0, cleanUp, Token);
        var link = await Link.OpenAsync(Cluster, Endpoint, socket, new Login(Cluster), Name, cleanUp, log, Token);
        await using var beat = new Beat(Cluster.TimeProvider);
        var context = new SessionContext(0, Cluster, new Declarations(Cluster, cleanUp, log), beat, cleanUp, log);
        var options = new ConsumerOptions { Cluster = Cluster };
        await using var parkingLot = new ParkingLot(options);
        await using (var generation = await ConsumerGeneration.StartAsync(
            context, link, 1, options, static (_, _) => new(DeliveryResult.Ack), new ConsumerCounters(), parkingLot, Token))
        {
            Broker.OpenConnections[0].CloseChannel(Broker.Received.OfType<BasicConsume>().Single().Channel, 406, "PRECONDITION_FAILED");
            await generation.Ended;
            await generation.DrainAsync(Token);
        }

        link.Abort(cleanUp);
        await cleanUp.FinishAsync();
    }
}
