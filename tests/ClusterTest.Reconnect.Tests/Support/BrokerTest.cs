using Microsoft.Extensions.Time.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>
/// A scripted broker and short ways to consume from it and to publish to it. After each test all is stopped, and the broker must have
/// lost every connection: nothing may be left over.
/// </summary>
public abstract class BrokerTest : IAsyncDisposable
{
    internal const string Name = "q"; // exchange, queue and routing key

    /// <summary>How long a stop may take beyond the drain deadline.</summary>
    internal static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);

    // To end a test that hangs, not to measure.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<IAsyncDisposable> _clients = [];

    protected BrokerTest(ScriptedBrokerOptions? options = null) => Broker = ScriptedBroker.Start(options);

    internal ScriptedBroker Broker { get; }

    /// <summary>Stands still until the test advances it; at the end of the test it runs.</summary>
    internal FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    internal Recorder<SessionEvent> Events { get; } = new();

    /// <summary>What the handler was given; the bodies are texts.</summary>
    internal Recorder<string> Handled { get; } = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ClusterEndpoint Endpoint => new(ScriptedBroker.Host, Broker.Port);

    /// <summary>Limits that no step reaches by itself; a test shortens the one it is about.</summary>
    protected ClusterOptions Cluster => new()
    {
        Endpoints = [Endpoint],
        Topology = Topology.Named(Name),
        DrainTimeout = TimeSpan.FromSeconds(2),
        OnSessionEvent = Events.Add,
    };

    public virtual async ValueTask DisposeAsync()
    {
        Broker.Thaw();
        await using var running = TimeProvider.System.CreateTimer(
            _ => Clock.Advance(TimeSpan.FromMilliseconds(100)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        foreach (var client in _clients)
        {
            await client.DisposeAsync().AsTask().WaitAsync(Patience, TimeProvider.System);
        }

        await Broker.WaitForAsync(broker => broker.Connections.All(connection => connection.EndedAt is not null));
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static OutgoingMessage Message(string text) => new() { Body = System.Text.Encoding.UTF8.GetBytes(text), MessageId = text };

    /// <summary>Lets time pass on <see cref="Clock"/>, in steps that may be seen, until something holds.</summary>
    protected Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => AdvanceUntilAsync(condition, () => step);

    /// <summary>Lets time pass on <see cref="Clock"/>, in steps that may differ, until something holds.</summary>
    protected Task AdvanceUntilAsync(Func<bool> condition, Func<TimeSpan> step) => Eventually.TrueAsync(() =>
    {
        if (condition())
        {
            return true;
        }

        Clock.Advance(step());
        return false;
    });

    /// <summary>Lets so much time pass, in steps that may be seen.</summary>
    protected Task PassAsync(TimeSpan time, TimeSpan step)
    {
        var until = Clock.GetUtcNow() + time;
        return AdvanceUntilAsync(() => Clock.GetUtcNow() >= until, step);
    }

    /// <summary>Waits until a session is open for the so many-th time.</summary>
    internal Task<SessionEvent> OpenAsync(int generation = 1, int session = 0) =>
        Events.WaitForAsync(change => change.To == SessionState.Open && change.Generation == generation && change.Session == session);

    /// <summary>
    /// Fails unless the client has connected exactly once. A producer that gets no confirms may ask over a connection of its own, whose name ends in a
    /// question mark, whether its queue is still there: on a slow link, or on a busy machine, that is no failure.
    /// </summary>
    internal void AssertConnectedOnce() => Assert.Single(
        Broker.Connections.SelectMany(connection => connection.Received.OfType<ConnectionStartOk>()),
        start => start.ClientProperties["connection_name"] is "cluster-test");

    /// <summary>Waits until so many messages are acked, and gives their texts in the order of the acks.</summary>
    internal async Task<IReadOnlyList<string>> AckedAsync(int count, string queue = Name)
    {
        await Broker.WaitForAsync(broker => broker.Queue(queue).Acknowledged.Count >= count);
        return [.. Broker.Queue(queue).Acknowledged.Select(message => message.Text)];
    }

    /// <summary>Starts a consumer that acks everything.</summary>
    protected ClusterConsumer Consume(ClusterOptions? cluster = null) => Consume(_ => new(DeliveryResult.Ack), cluster);

    protected ClusterConsumer Consume(Func<Delivery, ValueTask<DeliveryResult>> handler, ClusterOptions? cluster = null) =>
        Consume((delivery, _) => handler(delivery), new ConsumerOptions { Cluster = cluster ?? Cluster });

    protected ClusterConsumer Consume(Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler, ConsumerOptions options) =>
        Register(ClusterConsumer.Start(options, (delivery, token) =>
        {
            Handled.Add(System.Text.Encoding.UTF8.GetString(delivery.Body.Span));
            return handler(delivery, token);
        }));

    protected ClusterProducer Produce(ClusterOptions? cluster = null) => Produce(new ProducerOptions { Cluster = cluster ?? Cluster });

    protected ClusterProducer Produce(ProducerOptions options) => Register(ClusterProducer.Start(options));

    internal IReadOnlyList<string> Published(int? connection = null) =>
        [.. Broker.Received.OfType<BasicPublish>()
            .Where(publish => connection is null || publish.Connection.Number == connection)
            .Select(publish => publish.MessageId!)];

    private T Register<T>(T client)
        where T : IAsyncDisposable
    {
        _clients.Add(client);
        return client;
    }
}
