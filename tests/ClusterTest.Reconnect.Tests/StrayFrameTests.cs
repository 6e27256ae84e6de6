using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Consuming;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 25: RabbitMQ can deliver messages behind its <c>channel.close</c>, and answers a <c>channel.close</c> that crosses its own. For the
/// client library the channel is gone by then, and it ends the whole connection (SessionManager.Lookup, 541; rabbitmq-dotnet-client#1399).
/// </summary>
public sealed class StrayFrameTests : BrokerTest
{
    private const string TimedOut = "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out";

    [Fact]
    public async Task Deliveries_behind_the_close_of_their_channel_do_not_cost_the_connection()
    {
        Consume();
        await OpenAsync();
        var connection = Broker.Connections[0];
        connection.Send([.. Close(1), .. Stray(1), .. Stray(1), .. Stray(1)]);
        await StaysAsync(connection);
    }

    [Fact]
    public async Task Closes_that_cross_do_not_cost_the_connection()
    {
        Broker.On<ChannelClose>(close => close.Channel == 1).Once()
            .Do(close => close.Connection.Send([.. Close(1), .. HostileFrames.Frame(1, 1, [0, 20, 0, 41])]));
        Consume();
        await OpenAsync();
        var connection = Broker.Connections[0];
        Broker.CancelConsumers(Name);
        await StaysAsync(connection);
    }

    [Fact]
    [Trait("takes", "long")]
    public async Task A_thousand_channels_that_the_broker_closes_with_deliveries_in_flight_lose_nothing()
    {
        const int closes = 1000;
        var log = NullLogger.Instance;
        var cleanUp = new CleanUp(TimeProvider.System, log);
        var options = new ConsumerOptions { Cluster = Cluster };
        await using var parkingLot = new ParkingLot(options);
        var link = await ConnectAsync();
        await using var beat = new Beat(Cluster.TimeProvider);
        var context = new SessionContext(0, Cluster, new Declarations(Cluster, cleanUp, log), beat, cleanUp, log);
        var (links, number) = (1, 0);
        for (var i = 0; i <= closes; i++)
        {
            if (!link.IsOpen)
            {
                link = await ConnectAsync();
                links++;
            }

            await using var generation = await ConsumerGeneration.StartAsync(
                context, link, ++number, options, static (_, _) => new(DeliveryResult.Ack), new ConsumerCounters(), parkingLot, Token);
            generation.Start(Task.CompletedTask);
            for (var n = 0; i < closes && n < 3; n++)
            {
                Broker.Enqueue(Name, $"{i}.{n}");
            }

            if (i == closes)
            {
                await AckedAsync(3 * closes);
                break;
            }

            var channel = Broker.Received.OfType<BasicConsume>().Last().Channel;
            Broker.OpenConnections[^1].Send([.. Close(channel), .. Stray(channel), .. Stray(channel)]);
            await generation.Ended.WaitAsync(Token);
        }

        Assert.Equal(3 * closes, Broker.Queue(Name).Acknowledged.Select(message => message.Text).Distinct().Count());
        Assert.InRange(links, 1, closes / 100); // an ack that crosses the close comes for no channel as well (504)
        link.Abort(cleanUp);
        await cleanUp.FinishAsync();

        async Task<Link> ConnectAsync()
        {
            var socket = await new Dialer(Cluster).ConnectAsync(Endpoint, 0, cleanUp, Token);
            return await Link.OpenAsync(Cluster, Endpoint, socket, new Login(Cluster), Name, cleanUp, log, Token);
        }
    }

    private async Task StaysAsync(BrokerConnection connection)
    {
        await OpenAsync(2);
        Broker.Enqueue(Name, "a");
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal(["a"], Handled.Items);
        Assert.Null(connection.EndedAt);
        Assert.Single(Broker.Connections);
        Assert.Equal([FailureScope.Channel], Events.Items.Where(change => change.To == Recovering).Select(change => change.Cause!.Scope));
    }

    private static byte[] Close(ushort channel) => HostileFrames.Frame(
        1,
        channel,
        [0, 20, 0, 40, 406 >> 8, 406 & 0xff, (byte)TimedOut.Length, .. System.Text.Encoding.ASCII.GetBytes(TimedOut), 0, 0, 0, 0]);

    private static byte[] Stray(ushort channel) =>
    [
        .. HostileFrames.Frame(1, channel, [0, 60, 0, 60, 1, (byte)'x', 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0]),
        .. HostileFrames.Frame(2, channel, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
        .. HostileFrames.Frame(3, channel, [(byte)'x']),
    ];
}
