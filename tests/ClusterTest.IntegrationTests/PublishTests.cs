using System.Globalization;
using ClusterTest.Reconnect;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>What a real broker has against messages, and what that costs: no outage.</summary>
public sealed class PublishTests(ClusterFixture fixture) : IAsyncDisposable
{
    private readonly string _queue = $"cluster_test_{Guid.NewGuid():N}";
    private readonly List<SessionState> _states = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClusterOptions Options => new()
    {
        Endpoints = [new ClusterEndpoint(fixture.Host, fixture.Port)],
        Topology = Topology.Named(_queue),
        OnSessionEvent = change => _states.Add(change.To),
    };

    public async ValueTask DisposeAsync()
    {
        await CtlAsync("clear_policy", _queue);
        await CtlAsync("delete_queue", _queue);
    }

    // Field lesson 36: a nack was taken for an outage, and the channel rebuilt.
    [Fact]
    public async Task A_queue_that_is_full_now_and_then_is_back_pressure_on_the_same_channel()
    {
        const int count = 5000;
        await LimitAsync(100);
        await using var consumer = ClusterConsumer.Start(
            new ConsumerOptions { Cluster = Options with { OnSessionEvent = null } },
            (_, _) => new(DeliveryResult.Ack));
        await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = Options, PublishTimeout = Programs.Patience });
        var results = await PublishAsync(producer, count);
        Assert.All(results, result => Assert.True(result.IsConfirmed, result.ToString()));
        Assert.True(producer.Statistics.Nacked > 0);
        Assert.Equal([SessionState.Open], _states);
    }

    // Field lesson 36: told as unknown, and "Lost" for nearly every message.
    [Fact]
    public async Task A_queue_that_stays_full_refuses_messages_until_their_deadline()
    {
        await LimitAsync(10);
        await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = Options, PublishTimeout = TimeSpan.FromSeconds(10) });

        // RabbitMQ 3.10 tells the publishers of a quorum queue after it got full: a first burst passes.
        PublishResult[] results = [.. await PublishAsync(producer, 12), .. await PublishAsync(producer, 18)];
        var nacked = results.Where(result => !result.IsConfirmed).ToList();
        Assert.NotEmpty(nacked);
        Assert.All(nacked, result => Assert.Equal(
            (PublishOutcome.Nacked, "nacked by the broker: the queue is full, or has failed"),
            (result.Outcome, result.Reason)));
        Assert.Equal([SessionState.Open], _states);
        await CountsAsync(results.Length - nacked.Count);
    }

    // Field lesson 33: messages on a slow link were taken for a broker that hangs, and cut.
    [Fact]
    public async Task Messages_of_10_MB_pass_over_a_link_of_100_Mbits_without_a_cut()
    {
        const int count = 10;
        await using var link = ThrottledRelay.Start(fixture.Host, fixture.Port, bytesPerSecond: 100_000_000 / 8);
        var options = Options with { Endpoints = [new ClusterEndpoint("127.0.0.1", link.Port)], StallTimeout = TimeSpan.FromSeconds(3) };
        await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = options, PublishTimeout = TimeSpan.FromMinutes(1) });
        Assert.True((await producer.PublishAsync(new OutgoingMessage { Body = "first"u8.ToArray(), MessageId = "first" }, Token)).IsConfirmed);
        var body = new byte[10_000_000];
        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            producer.PublishAsync(new OutgoingMessage { Body = body, MessageId = $"{i}" }, Token)));
        Assert.All(results, result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.Equal([SessionState.Open], _states);
        await CountsAsync(count + 1);
    }

    // Field lesson 34: a message over max_message_size ended the whole producer.
    [Fact]
    public async Task A_message_that_is_too_large_for_the_broker_is_refused_and_the_others_pass()
    {
        await using var limited = await MessageSizeLimit.SetAsync(fixture, 65_536);
        await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = Options });
        var results = await Task.WhenAll(Enumerable.Range(0, 11).Select(i =>
            producer.PublishAsync(new OutgoingMessage { Body = new byte[i == 5 ? 100_000 : 10], MessageId = $"{i}" }, Token)));
        Assert.Equal(PublishOutcome.Refused, results[5].Outcome);
        Assert.Contains("message size 100000 is larger than configured max size 65536", results[5].Reason, StringComparison.Ordinal);
        Assert.All(results.Where((_, i) => i != 5), result => Assert.True(result.IsConfirmed));
        Assert.False(producer.Completion.IsCompleted);
    }

    private static async Task<PublishResult[]> PublishAsync(ClusterProducer producer, int count)
    {
        List<Task<PublishResult>> results = [];
        for (var i = 0; i < count; i++)
        {
            await producer.WaitToPublishAsync(Token);
            results.Add(producer.PublishAsync(new OutgoingMessage { Body = new byte[256] }, Token));
        }

        return await Task.WhenAll(results);
    }

    private Task<string> LimitAsync(int length)
    {
        var policy = string.Create(CultureInfo.InvariantCulture, $$"""{"max-length":{{length}},"overflow":"reject-publish"}""");
        return CtlAsync("set_policy", _queue, _queue, policy, "--apply-to", "queues");
    }

    // The brokers count at intervals of some seconds.
    private async Task CountsAsync(int messages)
    {
        using var patience = new CancellationTokenSource(Programs.Patience);
        var expected = string.Create(CultureInfo.InvariantCulture, $"{_queue}\t{messages}");
        while (!(await CtlAsync("--silent", "list_queues", "name", "messages")).Split('\n').Contains(expected))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<string> CtlAsync(params string[] arguments) =>
        (await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, CancellationToken.None)).Output;
}
