using System.Runtime.CompilerServices;
using ClusterTest.Reconnect.Tests.Hostile;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// What waits for the handler is bounded in bytes, too: the broker hands out a whole prefetch of messages, however large they are, and has no bound in bytes
/// (basic.qos, prefetch-size).
/// </summary>
[Collection(nameof(Alone))] // what the process reads before it counts depends on what else it does
public sealed class PrefetchBytesTests : BrokerTest
{
    private const int Mebibyte = 1 << 20;
    private const int Count = 60;

    // What the buffers of both sockets take (tcp_rmem, tcp_wmem), and what is on its way from them to the handler.
    private const long Buffers = 24 * Mebibyte;

    private static readonly byte[] Body = new byte[Mebibyte];

    private readonly SemaphoreSlim _gate = new(0);
    private readonly WrittenOctets _written;

    public PrefetchBytesTests()
        : this(new WrittenOctets())
    {
    }

    private PrefetchBytesTests(WrittenOctets written)
        : base(new ScriptedBrokerOptions { Heartbeat = TimeSpan.FromSeconds(1), Distort = written.CountAsync, CountsPutBack = false }) => _written = written;

    private ConsumerOptions Options => new() { Cluster = Cluster, PrefetchBytes = 4 * Mebibyte };

    [Fact]
    public async Task No_more_is_received_than_it_allows_and_the_connection_outlives_the_wait()
    {
        Consume(WaitAtTheGateAsync, Options);
        await OpenAsync();
        EnqueueAll();
        await Handled.WaitForAsync(_ => true);

        // Longer than the client library and the broker bear without a heartbeat.
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, Token);
        Assert.InRange(_written.Count, Options.PrefetchBytes, Options.PrefetchBytes + Buffers);
        _gate.Release(Count);
        await AckedAsync(Count);
        Assert.Single(Broker.Connections);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Messages_are_asked_for_only_when_the_first_binding_is_answered()
    {
        // Its answer would wait behind what fills the budget, and no handler is at work yet to make room.
        var withheld = Broker.On<QueueBind>().Withhold();
        Consume(WaitAtTheGateAsync, Options);
        await Eventually.TrueAsync(() => withheld.Hits > 0);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token);
        Assert.Empty(Broker.Received.OfType<BasicConsume>());
    }

    [Fact]
    public async Task A_message_that_is_larger_is_received_alone()
    {
        Consume(WaitAtTheGateAsync, Options with { PrefetchBytes = 1 });
        await OpenAsync();
        EnqueueAll();
        _gate.Release(Count);
        await AckedAsync(Count);
    }

    [Fact]
    public async Task A_stop_gives_back_also_what_was_not_received_yet()
    {
        var consumer = Consume(WaitAtTheGateAsync, Options);
        await OpenAsync();
        EnqueueAll();
        await Handled.WaitForAsync(_ => true);
        var stopping = consumer.StopAsync();
        await Broker.ReceivedAsync<BasicCancel>();
        _gate.Release();
        await stopping;
        Assert.Equal(1, consumer.Statistics.Acked);
        Assert.Equal(Count - 1, Broker.Received.OfType<BasicNack>().Count());
        Assert.Equal(Count - 1, Broker.Queue(Name).Ready.Count);
    }

    [Fact]
    public async Task When_parking_is_refused_no_more_is_held_and_the_rest_stays_in_the_queue()
    {
        Broker.On<QueueDeclare>(declare => declare.Queue == $"{Name}.parked")
            .CloseChannel(403, $"ACCESS_REFUSED - configure access to queue '{Name}.parked' in vhost '/' refused for user 'guest'");
        var handled = 0;
        var consumer = Consume(
            async (delivery, token) =>
            {
                var isFirst = Interlocked.Increment(ref handled) == 1;
                await _gate.WaitAsync(token);
                return isFirst ? DeliveryResult.Park("reason") : DeliveryResult.Ack;
            },
            Options);
        await OpenAsync();
        EnqueueAll();
        await Eventually.TrueAsync(() => Broker.Queue(Name).Ready.Count == 0);
        _gate.Release();
        await Eventually.TrueAsync(() => _written.Count > Count * Mebibyte); // the answer to the cancel comes behind all of them
        _gate.Release(Count);
        var end = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion);
        Assert.Equal(FailureKind.ParkingFailed, end.Failure.Kind);
        Assert.InRange(consumer.Statistics.Acked, 1, Count / 4);
    }

    [Fact]
    public async Task A_loss_is_noticed_while_nothing_is_received()
    {
        Consume(WaitAtTheGateAsync, Options);
        await OpenAsync();
        EnqueueAll();
        await Handled.WaitForAsync(_ => true);
        await Eventually.TrueAsync(() => _written.Count > Options.PrefetchBytes);
        Broker.OpenConnections[0].Reset();
        await Events.WaitForAsync(change => change.To == Recovering);
        _gate.Release(2 * Count);
        await AckedAsync(Count);
    }

    [Fact]
    public async Task What_waits_to_be_parked_counts_and_a_warning_says_that_nothing_more_comes()
    {
        var log = new LogRecorder();
        var withheld = Broker.WithholdConfirms();
        Consume((_, _) => new(DeliveryResult.Park("reason")), Options with { Cluster = Cluster with { LoggerFactory = log } });
        await OpenAsync();
        EnqueueAll();
        await log.Lines.WaitForAsync(line => line.Text.Contains("receives nothing more", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);
        Assert.InRange(_written.Count, Options.PrefetchBytes, Options.PrefetchBytes + Buffers);
        withheld.Remove();
        foreach (var parked in Broker.Unconfirmed)
        {
            parked.Confirm();
        }

        await AckedAsync(Count);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public void It_is_64_MiB_by_default_and_more_than_nothing()
    {
        Assert.Equal(64L * Mebibyte, new ConsumerOptions { Cluster = Cluster }.PrefetchBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterConsumer.Start(Options with { PrefetchBytes = 0 }, (_, _) => new(DeliveryResult.Ack)));
    }

    public override async ValueTask DisposeAsync()
    {
        _gate.Release(10 * Count);
        await base.DisposeAsync();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    private void EnqueueAll()
    {
        for (var i = 0; i < Count; i++)
        {
            Broker.Enqueue(Name, Body);
        }
    }

    private async ValueTask<DeliveryResult> WaitAtTheGateAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        return DeliveryResult.Ack;
    }

    private sealed class WrittenOctets
    {
        private const int Piece = 64 * 1024;

        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
            BrokerConnection connection, ReadOnlyMemory<byte> octets, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            for (var rest = octets; !rest.IsEmpty && !cancellationToken.IsCancellationRequested; rest = rest[Math.Min(Piece, rest.Length)..])
            {
                var piece = rest[..Math.Min(Piece, rest.Length)];
                yield return piece;
                Interlocked.Add(ref _count, piece.Length); // it is written when the next is asked for
            }
        }
    }
}
