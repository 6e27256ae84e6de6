using System.Buffers;
using System.Collections.ObjectModel;
using System.Diagnostics;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A message that cannot pass costs itself, and nothing else.</summary>
public sealed class PoisonPublishTests : BrokerTest
{
    private const int Count = 11;
    private const int Poison = 5;

    [Theory]
    [InlineData("PRECONDITION_FAILED - message size 100000 is larger than configured max size 65536")]
    [InlineData("PRECONDITION_FAILED - too long for us")]
    public async Task What_the_broker_does_not_accept_is_its_own_failed_result(string said)
    {
        // Field lesson 34: a message over max_message_size ended the whole producer.
        Broker.On<BasicPublish>(publish => publish.Body.Length > 65536).CloseChannel(406, said);
        var producer = Produce();
        var results = await Task.WhenAll(Messages(body: new byte[100_000]).Select(message => producer.PublishAsync(message, Token)));
        AssertOnlyPoisonIsRefused(results);
        Assert.Contains(said["PRECONDITION_FAILED".Length..], ReasonOf(results[Poison]), StringComparison.Ordinal);
        Assert.Single(Broker.Connections);
        Assert.True((await producer.PublishAsync(Message("after"), Token)).IsConfirmed);
        Assert.False(producer.Completion.IsCompleted);
    }

    [Fact]
    public async Task What_the_broker_closes_the_connection_for_is_its_own_failed_result()
    {
        // Field lesson 34: a frame that the broker cannot read costs the connection, and names no message.
        Broker.On<BasicPublish>(publish => publish.Body.Length > 65536).CloseConnection(501, "FRAME_ERROR - cannot be read");
        var producer = Produce();
        var results = await Task.WhenAll(Messages(body: new byte[100_000]).Select(message => producer.PublishAsync(message, Token)));
        AssertOnlyPoisonIsRefused(results);
        Assert.Equal(3, Broker.Connections.Count); // for it among others, for it alone, and without it
    }

    [Fact]
    public async Task Headers_that_fit_no_frame_of_a_broker_that_was_not_known_at_the_call_are_refused()
    {
        // Field lesson 34.
        await using var broker = ScriptedBroker.Start(new ScriptedBrokerOptions { FrameMax = 16_384 });
        broker.StopListening();
        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = Cluster with { Endpoints = [new ClusterEndpoint(ScriptedBroker.Host, broker.Port)] },
        });
        var publishing = producer.PublishAsync(Message("a") with { Headers = HeadersOf(20_000) }, Token);
        broker.StartListening();
        var refused = await publishing;
        Assert.Equal(PublishOutcome.Refused, refused.Outcome);
        Assert.Contains("frame_max, 16384 bytes", refused.Reason, StringComparison.Ordinal);
        Assert.True((await producer.PublishAsync(Message("b") with { Headers = HeadersOf(10_000) }, Token)).IsConfirmed);
        await Assert.ThrowsAsync<ArgumentException>(() => producer.PublishAsync(Message("c") with { Headers = HeadersOf(20_000) }, Token));
        Assert.Single(Events.Items, change => change.To == Open);
        await producer.DisposeAsync();
    }

    [Fact]
    public async Task Headers_that_contain_themselves_are_refused_at_the_call()
    {
        // Field lesson 34: the client library writes them by recursion, and the process ends.
        var producer = Produce();
        var headers = new Dictionary<string, object?>();
        headers["self"] = headers;
        await Assert.ThrowsAsync<ArgumentException>(() => producer.PublishAsync(Message("a") with { Headers = headers }, Token));
        var list = new List<object?>();
        list.Add(list);
        var message = Message("a") with { Headers = new Dictionary<string, object?> { ["list"] = list } };
        await Assert.ThrowsAsync<ArgumentException>(() => producer.PublishAsync(message, Token));
    }

    [Fact]
    public async Task Headers_that_fit_no_frame_are_refused_at_the_call()
    {
        // Field lesson 34: the broker closes with 501, and the message was published again, first, for ever.
        var producer = Produce();
        await OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => producer.PublishAsync(Message("a") with { Headers = HeadersOf(131_050) }, Token));
        Assert.True((await producer.PublishAsync(Message("b") with { Headers = HeadersOf(129_000) }, Token)).IsConfirmed);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task A_message_that_its_memory_fails_for_is_its_own_failed_result()
    {
        using var gone = new GoneMemory();
        var producer = Produce();
        var results = await Task.WhenAll(Messages(body: gone.Memory).Select(message => producer.PublishAsync(message, Token)));
        AssertOnlyPoisonIsRefused(results);
        Assert.Contains("gone", ReasonOf(results[Poison]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_are_read_only_pass_while_somebody_traces()
    {
        // Field lesson 35: the client library writes the trace context into the headers.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("RabbitMQ.Client", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var headers = new ReadOnlyDictionary<string, object?>(new Dictionary<string, object?> { ["k"] = 7 });
        var producer = Produce();
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => producer.PublishAsync(Message($"{i}") with { Headers = headers }, Token)));
        Assert.All(results, result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.All(Broker.Received.OfType<BasicPublish>(), publish => Assert.Equal(7, publish.Properties.Headers!["k"]));
        Assert.All(Broker.Received.OfType<BasicPublish>(), publish => Assert.Contains("traceparent", publish.Properties.Headers!.Keys));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Headers_are_published_as_they_were_at_the_call()
    {
        // Field lesson 35.
        Broker.StopListening();
        var nested = new Dictionary<string, object?> { ["n"] = 1 };
        var list = new List<object?> { 1 };
        var bytes = new byte[] { 1 };
        var headers = new Dictionary<string, object?> { ["k"] = 1, ["nested"] = nested, ["list"] = list, ["bytes"] = bytes };
        var producer = Produce();
        var publishing = producer.PublishAsync(Message("a") with { Headers = headers }, Token);
        (headers["k"], nested["n"], bytes[0]) = (2, 2, 2);
        list.Add(2);
        headers.Add("more", new object());
        Broker.StartListening();
        Assert.True((await publishing).IsConfirmed);
        var published = Assert.Single(Broker.Received.OfType<BasicPublish>()).Properties.Headers!;
        Assert.Equal(1, published["k"]);
        Assert.Equal(1, Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(published["nested"])["n"]);
        Assert.Equal([1], Assert.IsAssignableFrom<IEnumerable<object?>>(published["list"]).Cast<int>());
        Assert.Equal("\u0001", published["bytes"]);
        Assert.Equal(5, headers.Count);
    }

    private static Dictionary<string, object?> HeadersOf(int bytes) => new() { ["h"] = new byte[bytes] };

    private static IEnumerable<OutgoingMessage> Messages(ReadOnlyMemory<byte> body) =>
        Enumerable.Range(0, Count).Select(i => i == Poison ? Message($"{i}") with { Body = body } : Message($"{i}"));

    private static string ReasonOf(PublishResult result) => result.ToString();

    private static void AssertOnlyPoisonIsRefused(PublishResult[] results)
    {
        Assert.Equal("Refused", results[Poison].Outcome.ToString());
        Assert.All(results.Where((_, i) => i != Poison), result => Assert.True(result.IsConfirmed));
    }

    private sealed class GoneMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException("gone");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException("gone");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
