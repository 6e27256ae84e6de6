using System.Collections.Concurrent;
using System.Text;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Field lesson 25: a delivery for a channel that was just closed ends the whole connection (rabbitmq-dotnet-client#1399).</summary>
public sealed class ChannelCloseTests(ClusterFixture fixture)
{
    private const int Sessions = 50;
    private const int Closes = 1000;

    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(4);

    // Again and again an ack of what was never delivered, on every channel that consumes: the brokers close them all (406).
    private const string CloseAll = """
        Close = fun(P) ->
            try [{consumer_count, N}] = rabbit_channel:info(P, [consumer_count]),
                N > 0 andalso gen_server2:cast(P, {method, {'basic.ack', 99999999, false}, none, noflow})
            catch _:_ -> ok end
        end,
        spawn(fun() ->
            register(cluster_test_closer, self()),
            lists:foreach(fun(_) -> lists:foreach(Close, rabbit_channel:list()), timer:sleep(2000) end, lists:seq(1, 60))
        end).
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_channels_closed_with_deliveries_in_flight_lose_nothing()
    {
        var queue = $"channel_close_{Guid.NewGuid():N}";
        var received = new ConcurrentDictionary<string, bool>();
        var outages = new ConcurrentQueue<(TimeSpan Outage, bool IsConnectionKept)>();
        var opened = new SemaphoreSlim(0);
        var cluster = new ClusterOptions { Endpoints = [new ClusterEndpoint(fixture.Host, fixture.Port)], Topology = Topology.Named(queue) };
        try
        {
            await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = cluster });
            await using var consumer = ClusterConsumer.Start(
                new ConsumerOptions { Cluster = cluster with { Sessions = Sessions, OnSessionEvent = Observe }, ConsumerTag = "same" },
                (delivery, _) =>
                {
                    received[delivery.MessageId!] = true;
                    return new(DeliveryResult.Ack);
                });
            await OpenAsync();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var publishing = PublishAsync(producer, over.Token);
            var closing = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["eval", CloseAll.ReplaceLineEndings(" ")], Token);
            Assert.Equal(0, closing.ExitCode);
            await UntilAsync(() => outages.Count >= Closes);
            await over.CancelAsync();
            var confirmed = await publishing;
            await UntilAsync(() => received.Count >= confirmed.Count);
            Assert.Empty(confirmed.Except(received.Keys));
            TestContext.Current.TestOutputHelper!.WriteLine(
                "{0} closes, {1} of them cost the connection; {2} messages; longest outage {3:0} ms",
                outages.Count, outages.Count(outage => !outage.IsConnectionKept), confirmed.Count, outages.Max(outage => outage.Outage.TotalMilliseconds));
            Assert.InRange(outages.Count, Closes, int.MaxValue);
            Assert.InRange(outages.Count(outage => !outage.IsConnectionKept), 0, Closes / 100);
            Assert.All(outages, outage => Assert.InRange(outage.Outage, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        }
        finally
        {
            await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["eval", "exit(whereis(cluster_test_closer), kill)."], CancellationToken.None);
            await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["delete_queue", queue], CancellationToken.None);
            opened.Dispose();
        }

        void Observe(SessionEvent change)
        {
            if (change.To == SessionState.Open)
            {
                opened.Release();
                if (change.Outage is { } outage)
                {
                    outages.Enqueue((outage, change.Reconnect == TimeSpan.Zero));
                }
            }
        }

        async Task OpenAsync()
        {
            for (var i = 0; i < Sessions; i++)
            {
                Assert.True(await opened.WaitAsync(Programs.Patience, Token));
            }
        }
    }

    private static async Task<List<string>> PublishAsync(ClusterProducer producer, CancellationToken cancellationToken)
    {
        List<Task<PublishResult>> results = [];
        while (!cancellationToken.IsCancellationRequested)
        {
            // One burst after the other: what a close finds in flight.
            for (var i = 0; i < 500; i++)
            {
                results.Add(producer.PublishAsync(new OutgoingMessage { Body = Encoding.UTF8.GetBytes($"{results.Count}") }, Token));
            }

            await Task.WhenAll(results[^500..]);
        }

        return [.. (await Task.WhenAll(results)).Where(result => result.IsConfirmed).Select(result => result.MessageId)];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition() && TimeProvider.System.GetElapsedTime(started) < LongEnough)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
