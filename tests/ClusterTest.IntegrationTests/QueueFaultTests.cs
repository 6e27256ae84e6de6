using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Faults that leave the connection open.</summary>
public sealed class QueueFaultTests(ClusterFixture fixture)
{
    // A message that is confirmed may wait so long before it is received.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(1);

    // A queue that delivers nothing for so long after its deletion may have lost its majority.
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(5);

    // The first RabbitMQ with Ra 2.5.0: from then on a queue without its majority is nobody's but ours.
    private static readonly Version Mended = new(3, 12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Field lesson 6: basic.cancel was ignored, and the consumer stayed silent (EasyNetQ#1135, aio-pika#334, rascal#52).
    [Fact]
    public async Task Consuming_resumes_by_itself_on_the_same_connection_after_the_queue_is_deleted()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer();
        await Programs.EventAsync<ReadyEvent>(consumer);
        await new DeleteQueue().InjectAsync(fixture.Cluster, programs.Queue, Token);
        await LosesConsumerAsync(consumer, 1);
        await Programs.EventAsync<ReadyEvent>(consumer, count: 2);
        var producer = programs.StartProducer("--count", "3");
        Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));
        await Programs.EventAsync<ReceivedEvent>(consumer, count: 3);
    }

    // Field lesson 6: about every second time RabbitMQ 3.10.8 does not cancel the consumer, whose queue is then declared anew by the producer and fills.
    [Fact]
    public async Task Messages_flow_again_each_time_that_the_queue_is_deleted_under_them()
    {
        const int times = 3;
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer("--verbose");
        await Programs.EventAsync<ReadyEvent>(consumer);
        var producer = programs.StartProducer("--rate", "50");
        await Programs.FlowsAsync(consumer, producer);
        for (var i = 1; i <= times; i++)
        {
            await new DeleteQueue().InjectAsync(fixture.Cluster, programs.Queue, Token);
            await LosesConsumerAsync(consumer, i);
            await Programs.FlowsAsync(consumer, producer);
        }

        Assert.Equal(times, Programs.EventsOf(consumer).OfType<LostConnectionEvent>().Count());
        Assert.Equal(1, consumer.StandardError.Count(IsConnected));
    }

    // Field lessons 40 to 42: who returns to a quorum queue while it is being deleted, or declares it anew before all have noticed, is served by nobody.
    [Fact]
    public async Task Messages_flow_again_on_every_session_within_two_seconds_each_time_that_the_queue_is_deleted_under_two_busy_sessions()
    {
        const int times = 12;
        var bound = TimeSpan.FromSeconds(2);
        await using var programs = new Programs(fixture, "--sessions", "2");
        var consumer = programs.StartConsumer("--verbose");
        await Programs.EventAsync<ReadyEvent>(consumer, count: 2);
        var producer = programs.StartProducer("--rate", "500", "--verbose");
        await Programs.FlowsAsync(consumer, producer);
        var deletions = new List<Deletion>();
        for (var i = 0; i < times; i++)
        {
            var deletion = await DeleteAsync(programs.Queue);
            var from = consumer.StandardOutput.Count;
            var flowing = Task.WhenAll(
                Programs.EventAsync<ReceivedEvent>(consumer, received => received.Session == 0, from: from, count: 100),
                Programs.EventAsync<ReceivedEvent>(consumer, received => received.Session == 1, from: from, count: 100));
            deletions.Add(await IsDeadAsync(programs.Queue, flowing) ? deletion with { Ended = (await DeleteAsync(programs.Queue)).Ended } : deletion);
            await flowing;
        }

        producer.Send(Signal.Terminate);
        await producer.ExitCodeAsync(Programs.Patience);
        foreach (var sequence in MissingBut(deletions, producer, consumer))
        {
            await Programs.EventAsync<ReceivedEvent>(consumer, received => received.Sequence == sequence); // a lost message is a timeout here
        }

        consumer.Send(Signal.Terminate);
        await consumer.ExitCodeAsync(Programs.Patience);
        var received = Programs.EventsOf(consumer).OfType<ReceivedEvent>().Select(static message => message.Timestamp).Order().ToList();
        Assert.Equal([], deletions.Select(deletion => OutageAfter(deletion.Ended, received)).Where(outage => outage > bound));
        Assert.Equal(0, Programs.EventsOf(producer).Count(written => written is UnknownEvent or ReturnedEvent or NotSentEvent));
    }

    // Field lesson 7: a queue whose home node is down stalled everything (rabbitmq-dotnet-client#379, java-client#358, rascal#119).
    // Field lesson 21: a publish to it without mandatory is confirmed, and gone.
    [Fact]
    public async Task A_classic_queue_whose_node_is_down_is_waited_for_and_nothing_confirmed_is_lost()
    {
        await using var programs = new Programs(fixture, "--queue-type", "classic");
        var consumer = programs.StartConsumer("--verbose");
        await Programs.EventAsync<ReadyEvent>(consumer);
        var home = Assert.Single(await fixture.Cluster.FindClientsAsync(Token), client => client.Name == programs.ConsumerName).Node;

        // Both come back on another node, where the queue exists and cannot be reached.
        var producer = programs.StartProducer("--rate", "50");
        await Programs.FlowsAsync(consumer, producer);
        await new StopApp().InjectAsync(fixture.Cluster, home, Token);
        await consumer.StandardError.WaitForLineAsync(IsHomeNodeDown, count: 3, timeout: Programs.Patience);
        var connections = consumer.StandardError.Count(IsConnected);
        await fixture.Cluster.HealAsync(cancellationToken: Token);

        await Programs.FlowsAsync(consumer, producer);
        Assert.True(consumer.StandardError.Count(IsHomeNodeDown) > 3);
        Assert.Equal(connections, consumer.StandardError.Count(IsConnected)); // kept, over all of these attempts
        Assert.Single(Programs.EventsOf(consumer).OfType<LostConnectionEvent>()); // told once
        var account = await Account.CloseAsync(producer, consumer);
        Assert.Equal(0, account.Lost);
        Assert.NotEqual(0, account.Confirmed);
    }

    // Field lesson 20: publishing into a blocked connection leaks (rabbitmq-dotnet-client#1573).
    [Fact]
    public async Task While_the_brokers_block_publishing_the_producer_waits_and_then_goes_on()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer();
        var producer = programs.StartProducer("--rate", "50");
        await Programs.FlowsAsync(consumer, producer);

        await using var alarm = await AlarmAsync();
        await producer.StandardError.WaitForLineAsync(line => line.Contains("takes no messages for now", StringComparison.Ordinal), timeout: Programs.Patience);
        await alarm.DisposeAsync();
        await producer.StandardError.WaitForLineAsync(line => line.Contains("takes messages again", StringComparison.Ordinal), timeout: Programs.Patience);

        await Programs.FlowsAsync(consumer, producer);
        var account = await Account.CloseAsync(producer, consumer);
        Assert.Equal(0, account.Lost);
        Assert.DoesNotContain(Programs.EventsOf(producer), happened => happened is LostConnectionEvent);
    }

    // Field lesson 20: nothing is published and no channel opened while the broker blocks; consumers go on.
    [Fact]
    public async Task While_the_brokers_block_publishing_consumers_start_and_go_on()
    {
        const int waiting = 20;
        await using var programs = new Programs(fixture);
        Assert.Equal(0, await programs.StartProducer("--count", $"{waiting}").ExitCodeAsync(Programs.Patience));
        var producer = programs.StartProducer("--rate", "50");
        await Programs.EventAsync<SentEvent>(producer);

        await using var alarm = await AlarmAsync();
        await producer.StandardError.WaitForLineAsync(line => line.Contains("takes no messages for now", StringComparison.Ordinal), timeout: Programs.Patience);
        var consumer = programs.StartConsumer();
        await Programs.EventAsync<ReadyEvent>(consumer);
        var (sent, channels) = (Programs.EventsOf(producer).OfType<SentEvent>().Count(), await ChannelsAsync(programs.ProducerName));
        await Programs.EventAsync<ReceivedEvent>(consumer, count: waiting + 1);
        Assert.Equal((sent, channels), (Programs.EventsOf(producer).OfType<SentEvent>().Count(), await ChannelsAsync(programs.ProducerName)));

        await alarm.DisposeAsync();
        await Programs.FlowsAsync(consumer, producer);
    }

    private async Task<Deletion> DeleteAsync(string queue)
    {
        var begun = TimeProvider.System.GetUtcNow();
        await new DeleteQueue().InjectAsync(fixture.Cluster, queue, Token);
        return new Deletion(begun, TimeProvider.System.GetUtcNow());
    }

    // Field lesson 50: the broker says that fewer than two of the three members are there, while all nodes are up. No client can mend it.
    private async Task<bool> IsDeadAsync(string queue, Task flowing)
    {
        await Task.WhenAny(flowing, Task.Delay(Dead, TimeProvider.System, Token));
        if (flowing.IsCompleted)
        {
            return false;
        }

        var node = fixture.Cluster.Nodes[0].Name;
        var listed = await fixture.Cluster.CtlAsync(node, ["--silent", "list_queues", "name", "online"], Token);
        var line = listed.Output.Split('\n').FirstOrDefault(line => line.StartsWith(queue, StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"Nothing flows: {line ?? "no queue"}");
        var version = await fixture.Cluster.CtlAsync(node, ["version"], Token);
        return line is not null && line.Count(static character => character is '@') < 2 && Version.Parse(version.Output.Trim()) < Mended;
    }

    // From the end of the deletion: how long that takes is the broker's (docs/compatibility.md).
    private static TimeSpan OutageAfter(DateTimeOffset deleted, IReadOnlyList<DateTimeOffset> received) =>
        received.First(timestamp => timestamp > deleted) - deleted;

    /// <summary>What was confirmed, is not received yet, and cannot have been in the queue when it was deleted.</summary>
    private static IReadOnlyList<long> MissingBut(IReadOnlyList<Deletion> deletions, ProgramUnderTest producer, ProgramUnderTest consumer)
    {
        var received = Programs.EventsOf(consumer).OfType<ReceivedEvent>().Select(static message => message.Sequence).ToHashSet();
        return
        [
            .. Programs.EventsOf(producer).OfType<SentEvent>()
                .Where(sent => !received.Contains(sent.Sequence) && !deletions.Any(deletion => MayHaveTaken(deletion, sent)))
                .Select(sent => sent.Sequence),
        ];
    }

    private static bool MayHaveTaken(Deletion deletion, SentEvent sent)
    {
        var confirmed = sent.Timestamp;
        return confirmed > deletion.Begun - OnItsWay && confirmed - sent.Latency < deletion.Ended;
    }

    private static async Task LosesConsumerAsync(ProgramUnderTest consumer, int count)
    {
        var lost = await Programs.EventAsync<LostConnectionEvent>(consumer, count: count);
        Assert.Contains(lost.Cause, (string[])["consumer-cancelled", "consumer-lost"]); // as the broker likes
        Assert.Equal("channel", lost.Scope);
    }

    // RabbitMQ 3.10 says "home node … is down or inaccessible", 4.3 "process is stopped by supervisor". A queue that is gone is "no queue".
    private static bool IsHomeNodeDown(string line) =>
        line.Contains("failed: the queue is gone or its node is down (404 NOT_FOUND", StringComparison.Ordinal)
        && !line.Contains("no queue", StringComparison.Ordinal);

    private sealed record Deletion(DateTimeOffset Begun, DateTimeOffset Ended);

    private static bool IsConnected(string line) => line.Contains("connected to", StringComparison.Ordinal);

    private async Task<string> ChannelsAsync(string client)
    {
        var listed = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["--silent", "list_connections", "client_properties", "channels"], Token);
        return Assert.Single(listed.Output.Split('\n'), line => line.Contains(client, StringComparison.Ordinal)).Split('\t')[^1];
    }

    /// <summary>The brokers have an alarm until it is disposed of: what follows needs them without.</summary>
    private async Task<IAsyncDisposable> AlarmAsync()
    {
        var over = new AlarmOver(this);
        await SetMemoryWatermarkAsync("0.000001");
        return over;
    }

    private async Task SetMemoryWatermarkAsync(string fraction)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var set = await fixture.Cluster.CtlAsync(node.Name, ["set_vm_memory_high_watermark", fraction], Token);
            Assert.Equal(0, set.ExitCode);
        }
    }

    private sealed class AlarmOver(QueueFaultTests tests) : IAsyncDisposable
    {
        private int _isOver;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isOver, 1) is 0)
            {
                await tests.SetMemoryWatermarkAsync("0.4");
            }
        }
    }
}
