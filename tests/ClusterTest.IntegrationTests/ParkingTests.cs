using System.Collections.Concurrent;
using System.Text;
using ClusterTest.Reconnect;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Field lesson 23: one message that could not be parked cost the whole prefetch, 99 good ones among it.</summary>
public sealed class ParkingTests(ClusterFixture fixture) : IAsyncLifetime
{
    private const int Messages = 100;
    private const string Junk = "junk";
    private const string Large = "large";

    private readonly string _queue = $"parking_{Guid.NewGuid():N}";
    private readonly ConcurrentDictionary<string, int> _handled = new();
    private readonly ConcurrentBag<string> _parked = [];
    private readonly ConcurrentBag<SessionEvent> _events = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Parked => $"{_queue}.parked";

    private ClusterOptions Cluster => new() { Endpoints = [new ClusterEndpoint(fixture.Host, fixture.Port)], Topology = Topology.Named(_queue) };

    // From RabbitMQ 4.0 on that is the limit of every quorum queue; 3.10 has none.
    public async ValueTask InitializeAsync() => await CtlAsync("set_policy", _queue, $"^{_queue}$", """{"delivery-limit":20}""", "--apply-to", "queues");

    public async ValueTask DisposeAsync()
    {
        await CtlAsync("clear_policy", _queue);
        await CtlAsync("delete_queue", _queue);
        await CtlAsync("delete_queue", Parked);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Without_the_right_to_park_all_good_messages_are_handled_and_the_bad_one_is_still_there()
    {
        const string user = "parking_user";
        await CtlAsync("add_user", user, "secret");
        try
        {
            await CtlAsync("set_permissions", user, $"^{_queue}$", ".*", ".*");
            await PublishAsync();
            for (var start = 0; start < 3; start++)
            {
                await using var consumer = Consume(Cluster with { UserName = user, Password = static () => "secret" });
                var end = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Programs.Patience, Token));
                Assert.Equal((FailureKind.ParkingFailed, (ushort?)403), (end.Failure.Kind, end.Failure.ReplyCode));
                Assert.Equal(Messages - 1, _handled.Keys.Count(text => text != Junk));
            }

            await using var connection = await new ConnectionFactory { HostName = fixture.Host, Port = fixture.Port }.CreateConnectionAsync(Token);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            BasicGetResult? left = null;
            await UntilAsync(async () => (left = await channel.BasicGetAsync(_queue, autoAck: false, Token)) is not null);
            Assert.Equal((Junk, 0u), (Encoding.UTF8.GetString(left!.Body.Span), left.MessageCount));
            Assert.Empty(_parked);
        }
        finally
        {
            await CtlAsync("delete_user", user);
        }
    }

    [Fact]
    public async Task A_full_parked_queue_is_waited_for_while_the_good_messages_are_handled()
    {
        const string policy = "parking_full";
        await CtlAsync("set_policy", policy, $"^{_queue}[.]parked$", """{"max-length":1,"overflow":"reject-publish"}""", "--apply-to", "queues");
        try
        {
            await FillAsync(Parked);
            await using var consumer = Consume(Cluster);
            await PublishAsync();
            await UntilAsync(() => Task.FromResult(consumer.Statistics.Acked == Messages - 1));
            Assert.Equal((Messages - 1, 0), (consumer.Statistics.Acked, consumer.Statistics.Parked));

            // It is emptied, and not given another policy: RabbitMQ 3.10 goes on refusing those that it refused.
            await using var connection = await new ConnectionFactory { HostName = fixture.Host, Port = fixture.Port }.CreateConnectionAsync(Token);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            await UntilAsync(async () =>
            {
                await channel.BasicGetAsync(Parked, autoAck: true, Token);
                return consumer.Statistics.Parked == 1;
            });
            Assert.Equal(1, consumer.Statistics.Parked);
            Assert.DoesNotContain(_events, change => change.To == SessionState.Recovering);
            Assert.All(_handled.Values, times => Assert.Equal(1, times));
        }
        finally
        {
            await CtlAsync("clear_policy", policy);
        }
    }

    [Fact]
    public async Task A_message_whose_headers_fill_a_frame_comes_again_and_is_parked_without_what_does_not_fit()
    {
        // amqplib#135, #462, spring-amqp#2375: each delivery again makes the headers longer, and so does what parking adds.
        await PublishAsync("first");
        await using var connection = await new ConnectionFactory { HostName = fixture.Host, Port = fixture.Port }.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?> { ["small"] = 1, ["large"] = new string('x', 131_000) },
        };
        await channel.BasicPublishAsync("", _queue, mandatory: true, properties, Encoding.UTF8.GetBytes(Large), Token);
        var came = 0;
        await using var consumer = ClusterConsumer.Start(
            new ConsumerOptions { Cluster = Cluster with { OnSessionEvent = _events.Add } },
            (delivery, _) => new(Encoding.UTF8.GetString(delivery.Body.Span) switch
            {
                not Large => DeliveryResult.Ack,
                _ when Interlocked.Increment(ref came) < 3 => DeliveryResult.Retry,
                _ => DeliveryResult.Park("no good"),
            }));

        await UntilAsync(() => Task.FromResult(consumer.Statistics.Parked == 1));

        var parked = await channel.BasicGetAsync(Parked, autoAck: true, Token);
        Assert.Equal(Large, Encoding.UTF8.GetString(parked!.Body.Span));
        Assert.True(parked.BasicProperties.Headers!.ContainsKey("small"));
        Assert.False(parked.BasicProperties.Headers!.ContainsKey("large"));
        Assert.DoesNotContain(_events, change => change.To == SessionState.Recovering);
    }

    [Fact]
    public async Task An_alarm_keeps_nothing_from_being_handled_and_what_waits_is_parked_after_it()
    {
        await PublishAsync();
        await SetMemoryWatermarkAsync("0.000001");
        try
        {
            await using var consumer = Consume(Cluster);
            await UntilAsync(() => Task.FromResult(consumer.Statistics.Acked == Messages - 1));
            Assert.Equal((Messages - 1, 0), (consumer.Statistics.Acked, consumer.Statistics.Parked));
            await SetMemoryWatermarkAsync("0.4");
            await UntilAsync(() => Task.FromResult(consumer.Statistics.Parked == 1));
            Assert.Equal(1, consumer.Statistics.Parked);
            Assert.DoesNotContain(_events, change => change.To == SessionState.Recovering);
            Assert.All(_handled.Values, times => Assert.Equal(1, times));
        }
        finally
        {
            await SetMemoryWatermarkAsync("0.4");
        }
    }

    private ClusterConsumer Consume(ClusterOptions cluster) => ClusterConsumer.Start(
        new ConsumerOptions
        {
            Cluster = cluster with { OnSessionEvent = _events.Add },
            OnParked = (delivery, _) => _parked.Add(Encoding.UTF8.GetString(delivery.Body.Span)),
        },
        (delivery, _) =>
        {
            var text = Encoding.UTF8.GetString(delivery.Body.Span);
            _handled.AddOrUpdate(text, 1, static (_, times) => times + 1);
            return new(text == Junk ? DeliveryResult.Park("no good") : DeliveryResult.Ack);
        });

    private async Task PublishAsync(params string[] more)
    {
        await using var producer = ClusterProducer.Start(new ProducerOptions { Cluster = Cluster });
        string[] texts = [Junk, .. more, .. Enumerable.Range(1, Messages - 1).Select(static i => $"{i}")];
        var results = await Task.WhenAll(texts.Select(text => producer.PublishAsync(new OutgoingMessage { Body = Encoding.UTF8.GetBytes(text) }, Token)));
        Assert.All(results, result => Assert.True(result.IsConfirmed));
    }

    // A quorum queue takes somewhat more than its limit, since it tells its publishers of it afterwards.
    private async Task FillAsync(string queue)
    {
        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = Cluster with { Topology = Topology.Named(queue) },
            PublishTimeout = TimeSpan.FromSeconds(3),
        });
        while ((await producer.PublishAsync(new OutgoingMessage { Body = "full"u8.ToArray() }, Token)).IsConfirmed)
        {
        }
    }

    private async Task SetMemoryWatermarkAsync(string fraction)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            Assert.Equal(0, (await fixture.Cluster.CtlAsync(node.Name, ["set_vm_memory_high_watermark", fraction], CancellationToken.None)).ExitCode);
        }
    }

    private async Task CtlAsync(params string[] arguments) =>
        await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, CancellationToken.None);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Programs.Patience);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
