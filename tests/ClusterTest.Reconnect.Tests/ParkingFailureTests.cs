using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 23: a channel that is given up for one message that cannot be parked brings the whole prefetch back, and after 21 times a
/// RabbitMQ from 4.0 on drops it, handled or not.
/// </summary>
public sealed class ParkingFailureTests() : BrokerTest(new ScriptedBrokerOptions { DeliveryLimit = DropLimit })
{
    private const int DropLimit = 20;
    private const int Messages = 100;
    private const int ParkingRefused = 26;
    private const int AllWait = 27;
    private const int BlocksPublishing = 42;
    private const string Junk = "junk";
    private const string Parked = Name + ".parked";
    private const string Refused = "ACCESS_REFUSED - configure access to queue 'q.parked' in vhost '/' refused for user 'guest'";
    private const string Inequivalent = "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q.parked' in vhost '/'";
    private const string TooLarge = "PRECONDITION_FAILED - message size 100 is larger than configured max size 50";

    private static readonly TimeSpan LongEnoughToDropAll = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(403, Refused)]
    [InlineData(406, Inequivalent)]
    public async Task No_message_is_dropped_and_the_good_ones_are_handled_when_the_parked_queue_is_refused(ushort code, string text)
    {
        Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(code, text);
        Consume(ParkJunk);
        await OpenAsync();
        EnqueueAll();
        await Broker.WaitForAsync(
            broker => broker.Queue(Name) is var queue && queue.Acknowledged.Count + queue.Dropped.Count >= Messages - 1,
            LongEnoughToDropAll);
        Assert.Equal([], Broker.Queue(Name).Dropped.Select(message => message.Text));
        Assert.Equal(Good, Broker.Queue(Name).Acknowledged.Select(message => message.Text));
    }

    [Theory]
    [InlineData("403 at the declaration")]
    [InlineData("406 at the declaration")]
    [InlineData("403 at the publish")]
    [InlineData("full")]
    [InlineData("unroutable")]
    [InlineData("too large")]
    [InlineData("alarm")]
    [InlineData("silence")]
    [InlineData("no second connection")]
    public async Task Good_messages_go_on_being_handled_on_their_channel_while_one_cannot_be_parked(string cause)
    {
        var refusal = Refuse(cause);
        Consume(ParkJunk, Cluster with { ReadyTimeout = TimeSpan.FromSeconds(2) });
        await OpenAsync();
        EnqueueAll();
        await Eventually.TrueAsync(() => Broker.Queue(Name).Acknowledged.Count == Messages - 1 || HasLostItsChannel);
        Assert.False(HasLostItsChannel, "the channel, and with it every message on it, was given up for one message");
        Assert.Equal(Good, Broker.Queue(Name).Acknowledged.Select(message => message.Text));
        Assert.Equal([Junk], Left());
        refusal.Remove();
    }

    [Fact]
    public async Task Headers_that_no_longer_fit_a_frame_with_ours_are_cut()
    {
        Consume(ParkJunk);
        await OpenAsync();
        var headers = new Dictionary<string, object?> { ["small"] = "kept", ["largest"] = new string('x', 70_000), ["large"] = new string('y', 60_900) };
        Broker.Enqueue(Name, Junk, new MessageProperties { MessageId = "m", CorrelationId = "c", Headers = headers }); // fits a frame of 131,072
        Broker.Enqueue(Name, "good");
        await Eventually.TrueAsync(() => Broker.Queue(Name).Acknowledged.Count == 2 || HasLostItsChannel);
        Assert.False(HasLostItsChannel, "a message whose headers are too large cost the channel");
        var parked = Assert.Single(Broker.Queue(Parked).Ready);
        Assert.Equal((Junk, "m", "c", "kept"), (parked.Text, parked.MessageId, parked.Properties.CorrelationId, Text(parked, "small")));
        Assert.DoesNotContain("largest", parked.Properties.Headers!);
        Assert.Equal(60_900, Text(parked, "large").Length); // one is enough
        Assert.Equal("largest", Text(parked, "x-parked-cut"));
        Assert.Equal("no good", Text(parked, "x-parked-reason"));
    }

    [Theory]
    [InlineData(
        403, Refused,
        "Grant the user configure permission on q.parked and write permission on the default exchange (amq.default); "
            + "or, if others have declared it, declare nothing (Topology.Predeclared).")]
    [InlineData(
        406, Inequivalent,
        "Delete q.parked when it is empty, or give it the type of the consumer's queue; "
            + "or, if others have declared it, declare nothing (Topology.Predeclared).")]
    public async Task A_parked_queue_that_is_refused_ends_the_consumer_once_the_good_messages_are_handled(ushort code, string text, string remedy)
    {
        Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(code, text);
        var notParked = new Recorder<(string Text, Failure Failure)>();
        using var log = new LogRecorder();
        using var gate = new SemaphoreSlim(0);
        var consumer = Consume(
            async (delivery, _) =>
            {
                var result = await ParkJunk(delivery);
                if (result.Action == DeliveryAction.Ack)
                {
                    await gate.WaitAsync(Token);
                }

                return result;
            },
            new ConsumerOptions
            {
                Cluster = Cluster with { LoggerFactory = log },
                Prefetch = 10,
                OnNotParked = (delivery, failure) => notParked.Add((Encoding.UTF8.GetString(delivery.Body.Span), failure)),
            });
        await OpenAsync();
        EnqueueAll();
        await notParked.WaitForAsync(_ => true); // at once, while a good message is with its handler
        await Broker.ReceivedAsync<BasicCancel>();
        gate.Release(Messages);
        var end = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal((FailureKind.ParkingFailed, FailureSeverity.Fatal, code), (end.Failure.Kind, end.Failure.Severity, end.Failure.ReplyCode));
        Assert.StartsWith("messages cannot be parked in q.parked: ", end.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(text, end.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("They stay in their queue. " + remedy, end.Failure.Advice);
        Assert.Equal([(Junk, end.Failure)], notParked.Items);
        Assert.Single(log.Lines.Items, line => line.Id == ParkingRefused);
        Assert.Equal(Good[..9], Broker.Queue(Name).Acknowledged.Select(message => message.Text)); // what was prefetched
        Assert.Equal(Messages - 9, Broker.Queue(Name).Ready.Count);
        Assert.Equal(Junk, Broker.Queue(Name).Ready[0].Text);
        Assert.Equal((false, true), Broker.Received.OfType<BasicNack>().Select(nack => (nack.Multiple, nack.Requeue)).Single());
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_the_parked_queue_stays_in_its_own_and_is_told_once()
    {
        var tooLarge = Broker.On<BasicPublish>(publish => publish.Text == Junk).CloseChannel(406, TooLarge);
        var notParked = new Recorder<Failure>();
        var consumer = Consume(
            (delivery, _) => new(delivery.MessageId == "bad" ? DeliveryResult.Park("bad") : DeliveryResult.Ack),
            new ConsumerOptions { Cluster = Cluster, OnNotParked = (_, failure) => notParked.Add(failure) });
        await OpenAsync();
        Broker.Enqueue(Name, Junk, new MessageProperties { MessageId = "bad" });
        var told = await notParked.WaitForAsync(_ => true);
        Broker.Enqueue(Name, "b", new MessageProperties { MessageId = "bad" });
        Broker.Enqueue(Name, "c");
        Assert.Equal(["b", "c"], (await AckedAsync(2)).Order()); // parking goes on, too
        Assert.Equal((FailureKind.MessageRefused, FailureSeverity.Transient), (told.Kind, told.Severity));
        Assert.Contains(TooLarge, told.Message, StringComparison.Ordinal);
        Assert.Contains("max_message_size", told.Advice, StringComparison.Ordinal);
        Assert.Equal([Junk], Broker.Queue(Name).Unacknowledged.Select(message => message.Text));
        Assert.Equal((1, 1), (tooLarge.Hits, notParked.Items.Count));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        await consumer.StopAsync(); // and does not wait for it
        await Broker.WaitForAsync(broker => broker.Queue(Name).Ready.Select(message => message.Text).SequenceEqual([Junk]));
    }

    [Fact]
    public async Task An_alarm_of_half_an_hour_ends_nothing_and_loses_nothing()
    {
        using var log = new LogRecorder();
        BasicPublish? blocked = null;
        Broker.On<BasicPublish>().Once().Do(publish =>
        {
            blocked = publish;
            publish.Connection.Block("low on memory");
            publish.Connection.StopReading(); // RabbitMQ reads nothing from a connection that publishes, acks included
        });
        Consume(ParkJunk, Cluster with { TimeProvider = Clock, LoggerFactory = log });
        await OpenAsync();
        EnqueueAll();
        await AckedAsync(Messages - 1);
        await log.Lines.WaitForAsync(line => line.Id == BlocksPublishing);
        for (var minute = 0; minute < 30; minute++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            Broker.Enqueue(Name, $"minute {minute}");
            await AckedAsync(Messages + minute);
        }

        Broker.Enqueue(Name, Junk);
        await Broker.WaitForAsync(broker => broker.Queue(Name).Unacknowledged.Count == 2);
        blocked!.Connection.Unblock();
        blocked.Connection.ResumeReading();
        blocked.Store();
        blocked.Confirm();
        await AckedAsync(Messages + 31);
        Assert.Equal([Junk, Junk], Broker.Queue(Parked).Ready.Select(message => message.Text));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        Assert.Equal(2, Broker.Connections.Count);
    }

    [Fact]
    public async Task A_consumer_timeout_of_a_message_that_waits_for_parking_loses_nothing()
    {
        var withheld = Broker.On<BasicPublish>().Once().Withhold();
        Consume(ParkJunk);
        await OpenAsync();
        EnqueueAll();
        await AckedAsync(Messages - 1);
        await Broker.WaitForAsync(_ => withheld.Hits == 1);
        var channel = Broker.Received.OfType<BasicConsume>().Single().Channel;
        Broker.Connections[0].CloseChannel(channel, 406, "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out");
        await OpenAsync(2);
        await AckedAsync(Messages);
        withheld.Release();
        Assert.Equal(Good.Length, Broker.Queue(Name).Acknowledged.Select(message => message.Text).Intersect(Good).Count());
        Assert.NotEmpty(Broker.Queue(Parked).Ready);
        Assert.Null(Broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task Tells_once_that_the_whole_prefetch_waits_and_does_not_take_that_for_a_lost_consumer()
    {
        using var log = new LogRecorder();
        var withheld = Broker.On<BasicPublish>().Withhold();
        var cluster = Cluster with { TimeProvider = Clock, LoggerFactory = log, StallTimeout = TimeSpan.FromHours(1) };
        Consume((delivery, _) => ParkJunk(delivery), new ConsumerOptions { Cluster = cluster, Prefetch = 3 });
        await OpenAsync();
        foreach (var text in new[] { Junk, Junk, Junk, "a", "b" })
        {
            Broker.Enqueue(Name, text);
        }

        var told = await log.Lines.WaitForAsync(line => line.Id == AllWait);
        Assert.Contains("3 messages wait to be parked in q.parked, as many as the prefetch or its bytes allow", told.Text, StringComparison.Ordinal);
        await Broker.WaitForAsync(_ => withheld.Hits == 3);
        for (var i = 0; i < 20; i++)
        {
            Clock.Advance(ConsumerOptions.DefaultIdleCheckInterval);
        }

        withheld.Release();
        Assert.Equal(["a", "b", Junk, Junk, Junk], (await AckedAsync(5)).Order());
        Assert.DoesNotContain(Broker.Received.OfType<QueueDeclare>(), declare => declare.Passive && declare.Queue == Name);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        Assert.Single(log.Lines.Items, line => line.Id == AllWait);
    }

    private static string[] Good => [.. Enumerable.Range(1, Messages - 1).Select(i => $"{i}")];

    private bool HasLostItsChannel => Events.Items.Any(change => change.To == Recovering && change.Cause!.Severity == FailureSeverity.Transient);

    private static ValueTask<DeliveryResult> ParkJunk(Delivery delivery) =>
        new(Encoding.UTF8.GetString(delivery.Body.Span) == Junk ? DeliveryResult.Park("no good") : DeliveryResult.Ack);

    private static string Text(Message message, string header) => message.Properties.Headers![header] switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        var text => (string)text!,
    };

    private void EnqueueAll()
    {
        Broker.Enqueue(Name, Junk);
        foreach (var text in Good)
        {
            Broker.Enqueue(Name, text);
        }
    }

    private IEnumerable<string> Left() => Broker.Queue(Name) is var queue ? [.. queue.Ready.Concat(queue.Unacknowledged).Select(message => message.Text)] : [];

    private Rule Refuse(string cause) => cause switch
    {
        "403 at the declaration" => Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(403, Refused),
        "406 at the declaration" => Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(406, Inequivalent),
        "403 at the publish" => Broker.On<BasicPublish>().CloseChannel(
            403, "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'guest'"),
        "full" => Broker.On<BasicPublish>().Do(publish => publish.Nack()),
        "unroutable" => Broker.On<BasicPublish>().Do(publish =>
        {
            publish.Return();
            publish.Confirm();
        }),
        "too large" => Broker.On<BasicPublish>().CloseChannel(406, TooLarge),
        "alarm" => Broker.On<BasicPublish>().Do(publish =>
        {
            publish.Connection.Block("low on memory");
            publish.Connection.StopReading(); // RabbitMQ reads nothing from a connection that publishes, acks included
        }),
        "silence" => Broker.On<BasicPublish>().Do(_ => { }),
        _ => Broker.On<QueueDeclare>(declare => declare.Queue == Parked).Reset(),
    };
}
