using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class ProducerGenerationTests : BrokerTest
{
    [Fact]
    public async Task Publishes_persistent_mandatory_messages_in_order_as_they_are()
    {
        var producer = Produce();
        var nested = new Dictionary<string, object?> { ["list"] = new List<object?> { 1L, true, null } };
        var headers = new Dictionary<string, object?> { ["k"] = 7, ["nested"] = nested };
        var message = Message("0") with { ContentType = "application/json", Headers = headers };
        List<Task<PublishResult>> publishes =
            [producer.PublishAsync(message, Token), .. Enumerable.Range(1, 99).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        var results = await Task.WhenAll(publishes);
        Assert.All(results, result => Assert.Equal((PublishOutcome.Confirmed, 1), (result.Outcome, result.Attempts)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), Broker.Queue(Name).Ready.Select(stored => stored.Text));

        // Field lesson 21, measured: without "mandatory" a broker confirms what no queue took.
        Assert.All(Broker.Received.OfType<BasicPublish>(), publish => Assert.Equal(
            (true, (byte?)2, Name, Name),
            (publish.Mandatory, publish.Properties.DeliveryMode, publish.Exchange, publish.RoutingKey)));
        var first = Broker.Received.OfType<BasicPublish>().First();
        Assert.Equal(("application/json", 7), (first.Properties.ContentType, first.Properties.Headers!["k"]));
        Assert.Equal(new ProducerStatistics(100, 100, 0, 0, 0, 0, 0), producer.Statistics);
    }

    [Fact]
    public async Task Never_has_more_unconfirmed_than_its_window_and_a_burst_of_ten_windows_never_throws()
    {
        // Field lesson 11: the confirm limiter of RabbitMQ.Client bounds nothing and throws in bursts (rabbitmq-dotnet-client#2032).
        const int window = 16;
        var withheld = Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions { Cluster = Cluster, Window = window });
        List<Task<PublishResult>> publishes = [.. Enumerable.Range(0, 10 * window).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        await Broker.ReceivedAsync<BasicPublish>(count: window);
        Assert.False(producer.WaitToPublishAsync(Token).IsCompleted);

        // One by one, the oldest last: a place becomes free with every confirm, whichever it is.
        for (var confirmed = 0; confirmed < 9 * window; confirmed++)
        {
            await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == window);
            Broker.Unconfirmed[^1].Confirm();
        }

        withheld.Remove();
        foreach (var publish in Broker.Unconfirmed)
        {
            publish.Confirm();
        }

        Assert.All(await Task.WhenAll(publishes), result => Assert.True(result.IsConfirmed));
        Assert.Equal(window, Broker.MaxUnconfirmed);
        await producer.WaitToPublishAsync(Token);
    }

    [Fact]
    public async Task Understands_confirms_of_many_and_out_of_order()
    {
        Broker.WithholdConfirms();
        var producer = Produce();
        List<Task<PublishResult>> publishes = [.. Enumerable.Range(1, 10).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 10);
        var written = Broker.Unconfirmed;
        written[6].Confirm();
        await publishes[6];
        Assert.True(publishes.Count(publish => publish.IsCompleted) == 1);
        written[4].Confirm(multiple: true);
        await Task.WhenAll(publishes[..5]);
        Assert.Equal(6, publishes.Count(publish => publish.IsCompleted));
        (written[9] with { SequenceNumber = 99 }).Confirm(); // never published
        written[6].Confirm(); // once more
        written[9].Confirm(multiple: true);
        Assert.All(await Task.WhenAll(publishes), result => Assert.True(result.IsConfirmed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Resolves_ten_thousand_publishes_exactly_once_whatever_is_cancelled(int losses)
    {
        // Field lesson 12: cancelled publishes corrupt the confirm bookkeeping of RabbitMQ.Client (rabbitmq-dotnet-client#1900, #1818).
        const int count = 10_000;
        var random = new Random(12);
        var producer = Produce(new ProducerOptions { Cluster = Cluster, Window = 64 });
        await OpenAsync();
        List<(string Id, Task<PublishResult> Result)> publishes = [];
        List<CancellationTokenSource> sources = [.. Enumerable.Range(0, count).Select(_ => new CancellationTokenSource())];
        List<CancellationTokenSource> cancellable = [];
        for (var i = 0; i < count; i++)
        {
            var isCancellable = random.Next(3) == 0;
            if (isCancellable && random.Next(20) == 0)
            {
                await sources[i].CancelAsync();
            }

            publishes.Add(($"{i}", producer.PublishAsync(Message($"{i}"), isCancellable ? sources[i].Token : CancellationToken.None)));
            if (isCancellable)
            {
                cancellable.Add(sources[i]);
            }

            if (cancellable.Count > random.Next(1, 100))
            {
                await cancellable[^random.Next(1, Math.Min(cancellable.Count, 100))].CancelAsync();
            }

            if (random.Next(10) == 0)
            {
                await producer.WaitToPublishAsync(Token);
            }

            if (losses > 0 && i % (count / losses) == count / losses / 2)
            {
                Broker.OpenConnections[0].Reset();
                await Events.WaitForAsync(change => change.To == Open, count: 2 + (i * losses / count));
            }
        }

        await Task.WhenAll(publishes.Select(publish => (Task)publish.Result))
            .ContinueWith(_ => { }, TaskScheduler.Default)
            .WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.DoesNotContain(publishes, publish => publish.Result.IsFaulted);
        var confirmed = publishes.Where(publish => publish.Result.IsCompletedSuccessfully).ToList();
        Assert.All(confirmed, publish => Assert.Equal((true, publish.Id), (publish.Result.Result.IsConfirmed, publish.Result.Result.MessageId)));
        Assert.InRange(confirmed.Count, count / 2, count - 1);
        await Eventually.TrueAsync(() => producer.Statistics.InFlight == 0);
        Assert.Equal((confirmed.Count, 0), (producer.Statistics.Confirmed, producer.Statistics.Unresolved));
        Assert.InRange(Broker.MaxUnconfirmed, 1, 64);

        var stored = Broker.Queue(Name).Ready.Select(message => message.Text).ToList();
        Assert.Subset(stored.ToHashSet(), confirmed.Select(publish => publish.Id).ToHashSet());
        if (losses == 0)
        {
            Assert.Equal(stored.Count, stored.Distinct().Count());
            Assert.Equal(stored.OrderBy(int.Parse), stored);
        }

        Assert.True((await producer.PublishAsync(Message("after"), Token)).IsConfirmed);
        sources.ForEach(source => source.Dispose());
    }

    [Fact]
    public async Task Waits_for_readiness_and_not_for_a_number_of_attempts()
    {
        // Field lesson 14: publish retries end before recovery does (Foundatio.RabbitMQ#76).
        var refused = Broker.On<QueueDeclare>().Times(12)
            .CloseChannel(404, "NOT_FOUND - home node 'rabbit@rabbit1' of durable queue 'q' in vhost '/' is down or inaccessible");
        var producer = Produce();
        var result = await producer.PublishAsync(Message("a"), Token);
        Assert.Equal((12, true, 1), (refused.Hits, result.IsConfirmed, result.Attempts));
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Republishes_in_the_original_order_before_newer_messages_under_the_same_ids()
    {
        // Field lesson 15: resends go to the tail and the order is lost (amqp-connection-manager, ChannelWrapper).
        var withheld = Broker.On<BasicPublish>().Do(_ => { });
        var producer = Produce();
        List<Task<PublishResult>> publishes = [.. Enumerable.Range(1, 5).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        await Broker.ReceivedAsync<BasicPublish>(count: 5);
        Broker.Received.OfType<BasicPublish>().ElementAt(2).Confirm();
        await publishes[2];
        Broker.StopListening();
        Broker.OpenConnections[0].Reset();
        await Events.WaitForAsync(change => change.To == Recovering);
        withheld.Remove();
        publishes.AddRange(Enumerable.Range(6, 5).Select(i => producer.PublishAsync(Message($"{i}"), Token)));
        Broker.StartListening();
        var results = await Task.WhenAll(publishes);
        Assert.Equal(["1", "2", "4", "5", "6", "7", "8", "9", "10"], Published().Skip(5));
        Assert.Equal([2, 2, 1, 2, 2, 1, 1, 1, 1, 1], results.Select(result => result.Attempts));
        Assert.Equal(4, producer.Statistics.Republished);
    }

    [Fact]
    public async Task Does_not_take_the_confirms_of_an_old_channel_for_the_new_ones()
    {
        // Field lesson 16: perf-test#236 takes the confirms of the old connection for the new one's.
        Broker.WithholdConfirms();
        var producer = Produce();
        List<Task<PublishResult>> publishes = [.. Enumerable.Range(1, 5).Select(i => producer.PublishAsync(Message($"{i}"), Token))];
        await Broker.ReceivedAsync<BasicPublish>(count: 5);

        // The last words on the old channel confirm its first three, then it is closed; the new one numbers from 1 again.
        Broker.Unconfirmed[2].Confirm(multiple: true);
        Broker.Connections[0].CloseChannel(1, 404, "NOT_FOUND - no exchange 'q' in vhost '/'");
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 2);
        Assert.Equal([1ul, 2ul], Broker.Unconfirmed.Select(publish => publish.SequenceNumber));
        Assert.Equal(["4", "5"], Broker.Unconfirmed.Select(publish => publish.MessageId));
        Assert.All(await Task.WhenAll(publishes[..3]), result => Assert.True(result.IsConfirmed));
        Assert.DoesNotContain(publishes[3..], publish => publish.IsCompleted);
        Broker.Unconfirmed[1].Confirm();
        await publishes[4];
        Assert.False(publishes[3].IsCompleted);
        Broker.Unconfirmed[0].Confirm();
        Assert.True((await publishes[3]).IsConfirmed);
        AssertConnectedOnce();
    }

    [Fact]
    public async Task Replaces_the_connection_when_confirms_stop_coming_and_publishes_again()
    {
        // Field lesson 17: spring-amqp PR#3560 waits for a confirm without a deadline.
        Broker.On<BasicPublish>().Times(3).Do(publish => publish.Store());
        var producer = Produce(Cluster with { StallTimeout = TimeSpan.FromMilliseconds(800) });
        var results = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => producer.PublishAsync(Message($"{i}"), Token)));
        Assert.All(results, result => Assert.Equal((true, 2), (result.IsConfirmed, result.Attempts)));
        var cause = Assert.Single(Events.Items, change => change.To == Recovering).Cause!;
        Assert.Equal((FailureKind.Stalled, FailureScope.Connection), (cause.Kind, cause.Scope));
        Assert.Equal(3, producer.Statistics.Republished); // the possible duplicates
        Assert.Equal(["1", "2", "3", "1", "2", "3"], Broker.Queue(Name).Ready.Select(message => message.MessageId));
    }

    [Fact]
    public async Task Calls_the_result_unknown_when_the_deadline_passes_before_the_confirm()
    {
        // Field lesson 17: its expiry is unknown, not failed.
        Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions { Cluster = Cluster, PublishTimeout = TimeSpan.FromMilliseconds(500) });
        await OpenAsync();
        var result = await producer.PublishAsync(Message("a"), Token);
        Assert.Equal((PublishOutcome.Unknown, 1, false), (result.Outcome, result.Attempts, result.IsConfirmed));
        Assert.True(result.Latency >= TimeSpan.FromMilliseconds(500));
        Assert.Equal(["a"], Broker.Queue(Name).Ready.Select(message => message.Text));
    }

    [Fact]
    public async Task Declares_again_and_republishes_what_the_broker_returned()
    {
        // Field lesson 21: a return is never a success, though the broker confirms it.
        var producer = Produce();
        await OpenAsync();
        Broker.DeleteQueue(Name);
        var results = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => producer.PublishAsync(Message($"{i}"), Token)));
        Assert.All(results, result => Assert.True(result.IsConfirmed));
        Assert.Equal(["1", "2", "3"], Broker.Queue(Name).Ready.Select(message => message.Text).Order());
        var cause = Events.Items.First(change => change.To == Recovering).Cause!;
        Assert.Equal((FailureKind.MessageReturned, FailureScope.Channel, (ushort?)312), (cause.Kind, cause.Scope, cause.ReplyCode));
        Assert.True(producer.Statistics.Returned > 0 && results.Max(result => result.Attempts) > 1);
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Says_that_no_queue_took_a_message_that_was_returned_until_its_deadline()
    {
        // Field lesson 21: nor does it become one when the deadline passes.
        Broker.On<BasicPublish>().Do(publish =>
        {
            publish.Return();
            publish.Confirm();
        });
        var fourth = Broker.On<QueueDeclare>(declare => !declare.Passive).Skip(3).Withhold();
        var timeout = TimeSpan.FromHours(1);
        var producer = Produce(new ProducerOptions { Cluster = Cluster with { TimeProvider = Clock }, PublishTimeout = timeout });
        var publishing = producer.PublishAsync(Message("a"), Token);
        await AdvanceUntilAsync(() => fourth.Hits > 0, TimeSpan.FromMilliseconds(10)); // it was returned three times
        Clock.Advance(timeout);
        var result = await publishing;
        Assert.Equal((PublishOutcome.Returned, "a", 3), (result.Outcome, result.MessageId, result.Attempts));
        Assert.Empty(Broker.Queue(Name).Ready);
    }

    [Fact]
    public async Task Moves_the_unconfirmed_of_a_dead_session_to_the_living_one()
    {
        var producer = Produce(Cluster with { Sessions = 2 });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        var victim = Broker.Connections[0];
        Broker.On<BasicPublish>(publish => publish.Connection == victim).Do(_ => { });
        List<Task<PublishResult>> publishes = [];
        while (victim.Received.OfType<BasicPublish>().Count() < 3)
        {
            publishes.Add(producer.PublishAsync(Message($"{publishes.Count}"), Token));
            await Task.Yield();
        }

        Broker.StopListening();
        victim.Reset();
        var results = await Task.WhenAll(publishes);
        Assert.All(results, result => Assert.True(result.IsConfirmed));
        Assert.Contains(results, result => result.Attempts == 2);
        Assert.Equal(publishes.Count, Broker.Queue(Name).Ready.Select(message => message.MessageId).Distinct().Count());
        Assert.DoesNotContain(Events.Items, change => change is { To: Open, Generation: 2 });
        Broker.StartListening();
    }

    [Fact]
    public async Task Does_not_hammer_a_broker_that_closes_the_connection_at_each_message()
    {
        Broker.On<BasicPublish>().Do(publish => publish.Connection.Close(311, "CONTENT_TOO_LARGE"));
        var producer = Produce(new ProducerOptions { Cluster = Cluster, PublishTimeout = TimeSpan.FromMilliseconds(800) });
        await OpenAsync();
        Assert.Equal(PublishOutcome.Unknown, (await producer.PublishAsync(Message("a"), Token)).Outcome);
        Assert.InRange(Published().Count, 1, 30); // it does not hammer either
    }
}
