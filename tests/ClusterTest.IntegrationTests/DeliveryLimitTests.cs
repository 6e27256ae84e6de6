using System.Globalization;
using ClusterTest.Reconnect;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Field lesson 22: a quorum queue's delivery limit counts lost connections, and then drops the message.</summary>
public sealed class DeliveryLimitTests(ClusterFixture fixture)
{
    private const int QueueLimit = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_lost_connections_brought_back_too_often_is_parked_and_not_dropped()
    {
        var queue = $"delivery_limit_{Guid.NewGuid():N}";
        Assert.Equal(0, await CtlAsync("set_policy", queue, queue + "$", $$"""{"delivery-limit":{{QueueLimit}}}""", "--apply-to", "queues"));
        try
        {
            var cluster = new ClusterOptions { Endpoints = [new ClusterEndpoint(fixture.Host, fixture.Port)], Topology = Topology.Named(queue) };
            await using (var producer = ClusterProducer.Start(new ProducerOptions { Cluster = cluster }))
            {
                Assert.True((await producer.PublishAsync(new OutgoingMessage { Body = "a"u8.ToArray(), MessageId = "a" }, Token)).IsConfirmed);
            }

            using var handed = new SemaphoreSlim(0);
            var parked = new TaskCompletionSource<(string? Id, long? Count)>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var consumer = ClusterConsumer.Start(
                new ConsumerOptions
                {
                    Cluster = cluster,
                    DeliveryLimit = QueueLimit - 1,
                    OnParked = (delivery, _) => parked.TrySetResult((delivery.MessageId, delivery.DeliveryCount)),
                },
                async (_, cancellationToken) =>
                {
                    handed.Release();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                    return DeliveryResult.Ack;
                });
            for (var losses = 0; losses < QueueLimit - 1; losses++)
            {
                Assert.True(await handed.WaitAsync(Programs.Patience, Token));
                Assert.Equal(0, await CtlAsync("close_all_connections", "test"));
            }

            Assert.Equal(("a", QueueLimit - 1), await parked.Task.WaitAsync(Programs.Patience, Token));
            Assert.Equal(QueueLimit - 1, consumer.Statistics.Received);
            var uri = string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@{fixture.Host}:{fixture.Port}/%2F");
            await using var get = ProgramUnderTest.Start("/usr/bin/amqp-get", ["--url", uri, "-q", $"{queue}.parked"]);
            Assert.Equal(0, await get.ExitCodeAsync(Programs.Patience));
            Assert.Equal("a", Assert.Single(get.StandardOutput));
        }
        finally
        {
            await CtlAsync("clear_policy", queue);
            await CtlAsync("delete_queue", queue);
            await CtlAsync("delete_queue", $"{queue}.parked"); // not there if the test failed, and that is not what should be told
        }
    }

    private async Task<int> CtlAsync(params string[] arguments) =>
        (await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, CancellationToken.None)).ExitCode;
}
