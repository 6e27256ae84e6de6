using ClusterTest.Reconnect.Internal.Consuming;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Many messages are acked by one method, and each message as if it were acked by itself: never while it is open, and not later than the next thing that is
/// done. The clock stands still, so that nothing here depends on time.
/// </summary>
public sealed class AckTests : BrokerTest
{
    private const ushort Prefetch = 100;
    private const string Parked = Name + ".parked";

    private ConsumerOptions Options => new() { Cluster = Cluster with { TimeProvider = Clock }, Prefetch = Prefetch };

    [Theory]
    [InlineData(null, Prefetch / 4)]
    [InlineData(10, 10)]
    [InlineData(1, 1)]
    public async Task Up_to_a_quarter_of_the_prefetch_is_acked_together(int? batch, int most)
    {
        await ConsumeAllAtOnceAsync(Options with { AckBatch = batch }, Prefetch);
        Assert.Equal(Texts(Prefetch), await AckedAsync(Prefetch));
        var last = 0UL;
        var sizes = new List<int>();
        foreach (var ack in Acks)
        {
            sizes.Add((int)(ack.DeliveryTag - last));
            Assert.Equal(ack.DeliveryTag - last > 1, ack.Multiple);
            last = ack.DeliveryTag;
        }

        Assert.InRange(sizes.Max(), Math.Min(most, 2), most);
        Assert.True(sizes.Count < Prefetch / Math.Max(1, most / 2) * 2, $"{sizes.Count} acks");
    }

    [Fact]
    public async Task A_message_that_comes_alone_is_acked_at_once()
    {
        Consume(static (_, _) => new(DeliveryResult.Ack), Options);
        await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            Broker.Enqueue(Name, $"{i}");
            await AckedAsync(i + 1);
        }

        Assert.All(Acks, static ack => Assert.False(ack.Multiple));
    }

    [Fact]
    public async Task What_was_handled_is_acked_before_a_handler_is_waited_for()
    {
        var hold = new TaskCompletionSource();
        await ConsumeAllAtOnceAsync(Options, 10, async text =>
        {
            if (text == "5")
            {
                await hold.Task;
            }

            return DeliveryResult.Ack;
        });
        Assert.Equal(Texts(5), await AckedAsync(5));
        hold.SetResult();
        Assert.Equal(Texts(10), await AckedAsync(10));
    }

    [Fact]
    public async Task A_slow_handlers_messages_are_acked_one_by_one()
    {
        await ConsumeAllAtOnceAsync(Options, 10, _ =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(5)); // it does not give its thread back meanwhile
            return new(DeliveryResult.Ack);
        });
        await AckedAsync(10);
        Assert.Equal(10, Acks.Count());
    }

    [Fact]
    public async Task What_was_handled_is_acked_before_a_message_is_put_back()
    {
        var isFirst = true;
        await ConsumeAllAtOnceAsync(Options, 10, text =>
        {
            var retry = text == "5" && isFirst;
            isFirst &= !retry;
            return new(retry ? DeliveryResult.Retry : DeliveryResult.Ack);
        });
        await AckedAsync(10);
        var settled = Settled.ToList();
        var nack = settled.FindIndex(static method => method is BasicNack);
        Assert.Equal(new BasicNack(6, Multiple: false, Requeue: true).DeliveryTag, ((BasicNack)settled[nack]).DeliveryTag);
        Assert.False(((BasicNack)settled[nack]).Multiple);
        Assert.Equal(5UL, ((BasicAck)settled[nack - 1]).DeliveryTag);
        Assert.Equal(10, Broker.Queue(Name).Acknowledged.Count);
    }

    [Fact]
    public async Task No_ack_covers_a_message_that_waits_to_be_parked()
    {
        var confirms = Broker.On<BasicPublish>(static publish => publish.RoutingKey == Parked).Withhold();
        await ConsumeAllAtOnceAsync(Options, 20, static text => new(text is "5" or "8" ? DeliveryResult.Park("no JSON") : DeliveryResult.Ack));
        var good = Texts(20).Where(static text => text is not ("5" or "8"));
        Assert.Equal(good, await AckedAsync(18));
        Assert.Equal(["5", "8"], Broker.Queue(Name).Unacknowledged.Select(static message => message.Text));
        Assert.All(Acks.Where(static ack => ack.DeliveryTag > 6), static ack => Assert.False(ack.Multiple));
        confirms.Release();
        await AckedAsync(20);
        Assert.Empty(Broker.Queue(Name).Unacknowledged);
    }

    [Fact]
    public async Task Acks_are_batched_again_when_everything_is_parked()
    {
        using var goOn = new ManualResetEventSlim();
        await ConsumeAllAtOnceAsync(Options, 60, text =>
        {
            if (text == "20")
            {
                goOn.Wait(Token);
            }

            return new(text == "0" ? DeliveryResult.Park("no JSON") : DeliveryResult.Ack);
        });
        await Broker.WaitForAsync(static broker => broker.Queue(Name).Acknowledged.Any(static message => message.Text == "0"));
        goOn.Set();
        await AckedAsync(60);
        Assert.Contains(Acks, static ack => ack.Multiple);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_handled_is_acked_by_a_stop_though_a_handler_blocks_its_thread(bool isCancelled)
    {
        using var unblock = new ManualResetEventSlim();
        var consumer = await ConsumeAllAtOnceAsync(
            Options with { Cluster = Cluster with { DrainTimeout = TimeSpan.FromMilliseconds(200), TimeProvider = new StoppedClock() } },
            10,
            text =>
            {
                if (text == "5")
                {
                    unblock.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
                }

                return new(DeliveryResult.Ack);
            });
        await Handled.WaitForAsync(static text => text == "5");
        Assert.Empty(Broker.Queue(Name).Acknowledged); // nothing made it ack them
        if (isCancelled)
        {
            Broker.CancelConsumers(Name);
        }
        else
        {
            await consumer.StopAsync();
        }

        Assert.Equal(Texts(5), (await AckedAsync(5)).Take(5));
        unblock.Set();
    }

    [Fact]
    public async Task What_was_handled_and_not_acked_comes_again_when_the_connection_is_lost()
    {
        using var unblock = new ManualResetEventSlim();
        var consumer = await ConsumeAllAtOnceAsync(Options with { Cluster = Cluster with { TimeProvider = new StoppedClock() } }, 10, text =>
        {
            if (text == "5" && !unblock.IsSet)
            {
                unblock.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            }

            return new(DeliveryResult.Ack);
        });
        await Handled.WaitForAsync(static text => text == "5");
        Broker.Connections[0].Reset();
        await OpenAsync(2);
        unblock.Set();
        Assert.Equal(Texts(10), (await AckedAsync(10)).Order(StringComparer.Ordinal));
        await Eventually.TrueAsync(() => consumer.Statistics is { Acked: 10, StaleAcks: 6 });
        Assert.Empty(Broker.Queue(Name).Unacknowledged);
        Assert.Null(Broker.Connections[1].EndedAt);
    }

    [Fact]
    public async Task Large_bodies_reach_the_handler_and_the_parked_queue_whole()
    {
        var confirms = Broker.On<BasicPublish>(static publish => publish.RoutingKey == Parked).Withhold();
        var bodies = Enumerable.Range(0, 20).Select(static i => new string((char)('a' + i), 100_000)).ToList();
        Consume(
            static async (delivery, _) =>
            {
                var first = delivery.Body.Span[0];
                await Task.Yield();
                return delivery.Body.Span.IndexOfAnyExcept(first) >= 0 || first % 2 != 0 ? DeliveryResult.Park("odd") : DeliveryResult.Ack;
            },
            Options);
        await OpenAsync();
        foreach (var body in bodies)
        {
            Broker.Enqueue(Name, body);
        }

        await AckedAsync(10);
        confirms.Release();
        await AckedAsync(20);
        Assert.Equal(bodies.Where(static body => body[0] % 2 != 0), Broker.Queue(Parked).Ready.Select(static message => message.Text));
        Assert.Equal(bodies, Handled.Items);
    }

    [Fact]
    public void A_batch_ends_at_its_limit_and_at_its_bytes_and_at_its_time()
    {
        var batch = new AckBatch(3, TimeProvider.System);
        Assert.True(batch.IsEmpty);
        Assert.False(batch.Add(1, 10, 0, 0));
        Assert.False(batch.Add(2, 10, 0, 0));
        Assert.True(batch.Add(3, 10, 0, 0));
        Assert.Equal((3UL, 3, 30L), batch.Take());
        Assert.Equal((3UL, 0, 0L), batch.Take());
        Assert.True(batch.Add(4, 64 * 1024, 0, 0));
        Assert.Equal((4UL, 1, 64 * 1024L), batch.Take());
        Assert.True(batch.Add(5, 10, 0, TimeProvider.System.TimestampFrequency / 200));
        Assert.False(batch.IsEmpty);
    }

    private IEnumerable<BasicAck> Acks => Settled.OfType<BasicAck>();

    private IEnumerable<ClientMethod> Settled => Broker.Connections[0].Received.Where(static method => method is BasicAck or BasicNack);

    private static IEnumerable<string> Texts(int count) => Enumerable.Range(0, count).Select(static i => $"{i}");

    private Task<ClusterConsumer> ConsumeAllAtOnceAsync(ConsumerOptions options, int count) =>
        ConsumeAllAtOnceAsync(options, count, static _ => new(DeliveryResult.Ack));

    // The handler begins when all messages are here.
    private async Task<ClusterConsumer> ConsumeAllAtOnceAsync(ConsumerOptions options, int count, Func<string, ValueTask<DeliveryResult>> handle)
    {
        var seen = new TaskCompletionSource();
        var consumer = Consume(
            (delivery, _) => handle(System.Text.Encoding.UTF8.GetString(delivery.Body.Span)),
            options with
            {
                Cluster = options.Cluster with
                {
                    OnSessionEvent = change =>
                    {
                        Events.Add(change);
                        if (change is { To: SessionState.Open, Generation: 1 })
                        {
                            seen.Task.Wait(Token); // no handler is called before the observer has returned
                        }
                    },
                },
            });
        await OpenAsync();
        for (var i = 0; i < count; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }

        await Broker.WaitForAsync(broker => broker.Queue(Name).Unacknowledged.Count == count);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token); // the client library reads them
        seen.SetResult();
        return consumer;
    }

    // Timers run, and no time passes between two timestamps.
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
