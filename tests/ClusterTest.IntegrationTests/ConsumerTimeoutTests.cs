using System.Collections.Concurrent;
using System.Text;
using ClusterTest.Reconnect;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>
/// Field lesson 26: up to 4.2 RabbitMQ closes the channel of a consumer that does not ack in time. From 4.3 on it cancels the consumer of a quorum queue
/// and waits for a <c>basic.cancel-ok</c>, which RabbitMQ.Client never sends: a single active consumer can stay the active one, and get nothing.
/// </summary>
public sealed class ConsumerTimeoutTests(ClusterFixture fixture)
{
    private const int Messages = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task Consuming_goes_on_after_a_consumer_timeout(bool isSingleActive, int consumers)
    {
        var queue = $"consumer_timeout_{Guid.NewGuid():N}";
        await SetTimeoutAsync(2000, 1000);
        try
        {
            var factory = new ConnectionFactory { HostName = fixture.Host, Port = fixture.Port, AutomaticRecoveryEnabled = false };
            await using var connection = await factory.CreateConnectionAsync(Token);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            Dictionary<string, object?> arguments = new() { ["x-queue-type"] = "quorum" };
            if (isSingleActive)
            {
                arguments["x-single-active-consumer"] = true;
            }

            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Token);
            var handled = new ConcurrentBag<string>();
            var lost = new ConcurrentQueue<Failure>();
            var holds = 1;
            var started = new List<ClusterConsumer>();
            try
            {
                for (var i = 0; i < consumers; i++)
                {
                    started.Add(ClusterConsumer.Start(
                        new ConsumerOptions
                        {
                            Cluster = new ClusterOptions
                            {
                                Endpoints = [new ClusterEndpoint(fixture.Host, fixture.Port)],
                                Topology = Topology.Named(queue) with { Predeclared = true },
                                OnSessionEvent = change => (change.To == SessionState.Recovering ? lost : []).Enqueue(change.Cause!),
                            },
                            IdleCheckInterval = Timeout.InfiniteTimeSpan,
                        },
                        async (delivery, cancellationToken) =>
                        {
                            if (Interlocked.Exchange(ref holds, 0) == 1)
                            {
                                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken); // until the channel is given up
                            }

                            handled.Add(Encoding.UTF8.GetString(delivery.Body.Span));
                            return DeliveryResult.Ack;
                        }));
                }

                for (var i = 0; i < Messages; i++)
                {
                    await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes($"{i}"), Token);
                }

                await UntilAsync(() => handled.Distinct().Count() == Messages);
                TestContext.Current.TestOutputHelper!.WriteLine(
                    "single active: {0}, {1} consumers: {2}",
                    isSingleActive,
                    consumers,
                    string.Join("; ", lost.Select(fault => $"{fault.Kind} {fault.Message}")));
                Assert.Equal(Messages, handled.Distinct().Count());
                Assert.NotEmpty(lost);

                // And again, since the one that was active is back, too.
                for (var i = Messages; i < 2 * Messages; i++)
                {
                    await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes($"{i}"), Token);
                }

                await UntilAsync(() => handled.Distinct().Count() == 2 * Messages);
                Assert.Equal(2 * Messages, handled.Distinct().Count());
            }
            finally
            {
                foreach (var consumer in started)
                {
                    await consumer.DisposeAsync();
                }
            }
        }
        finally
        {
            await SetTimeoutAsync(1_800_000, 60_000);
            await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["delete_queue", queue], CancellationToken.None);
        }
    }

    // Channels of 3.10 look at their messages once in a tick.
    private async Task SetTimeoutAsync(int timeout, int tick)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var set = await fixture.Cluster.CtlAsync(
                node.Name,
                ["eval", $"application:set_env(rabbit, consumer_timeout, {timeout}), application:set_env(rabbit, channel_tick_interval, {tick})."],
                CancellationToken.None);
            Assert.Equal(0, set.ExitCode);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition() && TimeProvider.System.GetElapsedTime(started) < Programs.Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
