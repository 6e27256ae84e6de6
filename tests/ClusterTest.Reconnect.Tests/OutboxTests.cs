using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Producing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ClusterTest.Reconnect.PublishOutcome;

namespace ClusterTest.Reconnect.Tests;

public sealed partial class OutboxTests
{
    private const int Window = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly List<PublishOutcome> _outcomes = [];
    private readonly WriteProgress _written;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        _outbox = new Outbox(Window, Limit, _time, (outcome, _) => _outcomes.Add(outcome));
        _written = new WriteProgress(_time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Confirms_one_by_one_out_of_order_and_many_at_once()
    {
        var channel = new InFlight();
        var results = Add("a", "b", "c", "d");
        Take(channel, 4);

        _outbox.Confirm(channel, 3, multiple: false);
        Assert.Equal((false, true), (results[0].IsCompleted, results[2].IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(2));
        _outbox.Confirm(channel, 2, multiple: true);
        Assert.Equal(new PublishResult(Confirmed, "a", 1, TimeSpan.FromSeconds(2)), await results[0]);
        Assert.True((await results[1]).IsConfirmed);
        Assert.False(results[3].IsCompleted);
        _outbox.Confirm(channel, 4, multiple: true);
        Assert.True((await results[3]).IsConfirmed);
        Assert.Equal(new ProducerStatistics(4, 4, 0, 0, 0, 0, 0), _outbox.Statistics);
        Assert.Equal([Confirmed, Confirmed, Confirmed, Confirmed], _outcomes);
    }

    [Fact]
    public async Task Resolves_once_however_often_it_is_confirmed()
    {
        var channel = new InFlight();
        var result = Add("a")[0];
        Take(channel, 1);
        for (var i = 0; i < 3; i++)
        {
            _outbox.Confirm(channel, 1, multiple: i == 1);
            _outbox.Nack(channel, 1, multiple: false);
        }

        _outbox.Confirm(channel, 99, multiple: false);
        Assert.True((await result).IsConfirmed);
        Assert.Equal([Confirmed], _outcomes);
        Assert.Equal((0, 0), (_outbox.Statistics.InFlight, _outbox.Statistics.Unresolved));
    }

    [Fact]
    public async Task Republishes_in_the_original_order_before_newer_messages_with_the_same_ids()
    {
        // Field lesson 15: amqp-connection-manager's ChannelWrapper resends at the tail, and the order is lost.
        var first = new InFlight();
        Add("a", "b", "c");
        Take(first, 3);
        _outbox.Confirm(first, 2, multiple: false);
        Add("d", "e", "f");
        Assert.Equal(2, _outbox.Lose(first));

        var second = new InFlight();
        Assert.Equal(["a", "c", "d", "e"], Take(second, 4));
        Assert.Equal(2, _outbox.Statistics.Republished);
        _outbox.Lose(second);
        Assert.Equal(["a", "c", "d", "e"], Take(new InFlight(), 4));
    }

    [Fact]
    public async Task Does_not_take_a_confirm_of_an_old_channel_for_the_new_ones()
    {
        // Field lesson 16: perf-test#236 takes the confirms of the old connection for the new one's.
        var (old, current) = (new InFlight(), new InFlight());
        var results = Add("a", "b");
        Take(old, 2);
        _outbox.Lose(old);
        Take(current, 1);
        _outbox.Confirm(old, 2, multiple: true);
        _outbox.Nack(old, 1, multiple: true);
        Assert.DoesNotContain(results, result => result.IsCompleted);
        Assert.Equal(1, _outbox.Statistics.InFlight);
        _outbox.Confirm(current, 1, multiple: false);
        Assert.Equal((true, false), (results[0].IsCompleted, results[1].IsCompleted));
    }

    [Fact]
    public async Task Never_has_more_than_the_window_unconfirmed()
    {
        // Field lesson 11: the confirm limiter of RabbitMQ.Client bounds nothing and throws in bursts (rabbitmq-dotnet-client#2032).
        var channel = new InFlight();
        var results = Add([.. Enumerable.Range(0, 10 * Window).Select(i => $"{i}")]);
        for (var i = 1; i <= 10 * Window; i++)
        {
            while (TryTake(channel) is not null)
            {
                Assert.InRange(_outbox.Statistics.InFlight, 1, Window);
            }

            _outbox.Confirm(channel, (ulong)i, multiple: false);
        }

        await Task.WhenAll(results).WaitAsync(Token);
        Assert.Equal(10 * Window, _outbox.Statistics.Confirmed);
    }

    [Fact]
    public async Task Keeps_the_place_in_the_window_of_what_expired_unconfirmed()
    {
        var channel = new InFlight();
        Add("a", "b", "c", "d", "e");
        Take(channel, 4);
        Expire();
        Add("f");
        Assert.Null(TryTake(channel)); // the broker still owes four confirms
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.Equal("f", TryTake(channel));
        Assert.Null(TryTake(channel));
    }

    [Fact]
    public async Task Does_not_count_a_returned_message_as_a_success()
    {
        // Field lesson 21, measured: a broker confirms a message that no queue took.
        var channel = new InFlight();
        var results = Add("a", "b");
        Take(channel, 2);
        _outbox.Return(channel, 1, "no route");
        _outbox.Confirm(channel, 2, multiple: true);
        Assert.Equal((false, true), (results[0].IsCompleted, results[1].IsCompleted));
        Assert.Equal((1, 1), (_outbox.Statistics.Returned, _outbox.Statistics.Confirmed));

        var next = new InFlight();
        Assert.Equal(["a"], Take(next, 1));
        _outbox.Confirm(next, 1, multiple: false);
        Assert.Equal((Confirmed, 2), ((await results[0]).Outcome, (await results[0]).Attempts));
    }

    [Fact]
    public async Task Ignores_the_return_of_what_it_does_not_know()
    {
        var channel = new InFlight();
        var result = Add("a")[0];
        Take(channel, 1);
        _outbox.Return(channel, 99, "no route");
        _outbox.Return(new InFlight(), 1, "no route");
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.True((await result).IsConfirmed);
        Assert.Equal(0, _outbox.Statistics.Returned);
    }

    [Fact]
    public async Task Tells_at_the_deadline_what_may_have_become_of_a_message()
    {
        // Field lesson 17: spring-amqp PR#3560 waits for a confirm without a deadline. An expiry is unknown, not failed.
        var (lost, returned, current) = (new InFlight(), new InFlight(), new InFlight());
        var lostThenReturned = Add("lost, then returned")[0];
        Take(lost, 1);
        _outbox.Lose(lost);
        var onlyReturned = Add("returned")[0];
        Take(returned, 2);
        _outbox.Return(returned, 2, "no route");
        _outbox.Return(returned, 1, "no route");
        _outbox.Confirm(returned, 2, multiple: true);
        _outbox.Close(returned);
        var written = Add("written")[0];
        Take(current, 3);
        _outbox.Return(current, 2, "no route");
        _outbox.Lose(current);
        var notSent = Add("not sent")[0];

        _time.Advance(Limit - TimeSpan.FromTicks(1));
        _outbox.Tick();
        Assert.False(lostThenReturned.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        _outbox.Tick();
        Assert.Equal(Unknown, (await lostThenReturned).Outcome);
        Assert.Equal((Returned, 2), ((await onlyReturned).Outcome, (await onlyReturned).Attempts));
        Assert.Equal((Unknown, 1), ((await written).Outcome, (await written).Attempts));
        Assert.Equal((NotSent, 0, Limit), ((await notSent).Outcome, (await notSent).Attempts, (await notSent).Latency));
        Assert.Null(TryTake(new InFlight())); // what expired is not written any more
        Assert.Equal(0, _outbox.Statistics.Unresolved);
    }

    [Fact]
    public async Task Is_not_told_twice_of_a_message_whose_confirm_comes_too_late()
    {
        var channel = new InFlight();
        var result = Add("a")[0];
        Take(channel, 1);
        Expire();
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.Equal(Unknown, (await result).Outcome);
        Assert.Equal([Unknown], _outcomes);
        Assert.Equal((0L, 0, 0), (_outbox.Statistics.Confirmed, _outbox.Statistics.InFlight, _outbox.Statistics.Unresolved));
    }

    [Fact]
    public async Task Does_not_write_what_was_cancelled_before()
    {
        // Field lesson 12: cancelled publishes corrupt the confirm bookkeeping of RabbitMQ.Client (rabbitmq-dotnet-client#1900, #1818).
        var channel = new InFlight();
        using var cancellation = new CancellationTokenSource();
        var cancelled = _outbox.Add(Message("a"), cancellation.Token).Result;
        var result = Add("b")[0];
        await cancellation.CancelAsync();
        Assert.True(cancelled.IsCanceled);
        Assert.Equal(["b"], Take(channel, 1));
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.True((await result).IsConfirmed);
        Assert.Equal(0, _outbox.Statistics.Unresolved);
    }

    [Fact]
    public async Task Survives_the_cancellation_of_what_is_in_flight_or_resolved()
    {
        var channel = new InFlight();
        using var cancellation = new CancellationTokenSource();
        var confirmed = _outbox.Add(Message("a"), cancellation.Token).Result;
        var cancelled = _outbox.Add(Message("b"), cancellation.Token).Result;
        Take(channel, 2);
        _outbox.Confirm(channel, 1, multiple: false);
        await cancellation.CancelAsync();
        _outbox.Confirm(channel, 2, multiple: false);
        Assert.Equal((true, true), ((await confirmed).IsConfirmed, cancelled.IsCanceled));
        Assert.Equal(new ProducerStatistics(2, 1, 0, 0, 0, 0, 0), _outbox.Statistics);
    }

    [Fact]
    public async Task Says_when_there_is_room_and_when_it_is_empty()
    {
        var channel = new InFlight();
        Add("a", "b", "c");
        Assert.True(_outbox.WaitForRoomAsync(Token).IsCompletedSuccessfully);
        Add("d");
        Take(channel, 4);
        var room = _outbox.WaitForRoomAsync(Token);
        var empty = _outbox.WaitUntilEmptyAsync(Token);
        Assert.False(room.IsCompleted);
        _outbox.Confirm(channel, 1, multiple: false);
        await room.WaitAsync(Token);
        Assert.False(empty.IsCompleted);
        _outbox.Confirm(channel, 4, multiple: true);
        await empty.WaitAsync(Token);
    }

    [Fact]
    public async Task Stops_waiting_when_told_to()
    {
        using var cancellation = new CancellationTokenSource();
        Add("a", "b", "c", "d");
        Task[] waiting =
        [
            _outbox.WaitForRoomAsync(cancellation.Token),
            _outbox.WaitUntilEmptyAsync(cancellation.Token),
            new Outbox(1, Limit, _time, (_, _) => { }).WaitForWorkAsync(new InFlight(), cancellation.Token).AsTask(),
        ];
        await cancellation.CancelAsync();
        foreach (var task in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        }
    }

    [Fact]
    public async Task Gives_nothing_more_to_a_channel_that_is_closed_and_still_takes_its_confirms()
    {
        var channel = new InFlight();
        var result = Add("a")[0];
        Take(channel, 1);
        var waiting = _outbox.WaitForWorkAsync(channel, Token);
        _outbox.Close(channel);
        Assert.False(await waiting);
        Add("b");
        Assert.Null(_outbox.TryTake(channel));
        Assert.False(await _outbox.WaitForWorkAsync(channel, Token));
        Assert.True(await _outbox.WaitForWorkAsync(new InFlight(), Token));
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.True((await result).IsConfirmed);
    }

    [Fact]
    public async Task Hands_each_message_to_one_of_several_channels()
    {
        Add("a", "b", "c");
        Assert.Equal(["a"], Take(new InFlight(), 1));
        Assert.Equal(["b", "c"], Take(new InFlight(), 2));
    }

    [Fact]
    public async Task Resolves_everything_when_it_is_shut_and_lists_it_in_order()
    {
        // Field lesson 18: what is unconfirmed at the end is listed.
        var channel = new InFlight();
        var results = Add("a", "b", "c", "d", "e", "f");
        Take(channel, 3);
        _outbox.Confirm(channel, 2, multiple: false);
        Assert.Equal(["a", "c", "d", "e", "f"], _outbox.Shut());
        Assert.Equal(["a", "c", "d", "e", "f"], _outbox.Shut());
        Assert.Equal([Unknown, Confirmed, Unknown, NotSent, NotSent, NotSent], (await Task.WhenAll(results)).Select(result => result.Outcome));
        Assert.Throws<ObjectDisposedException>(() => _outbox.Add(Message("g"), Token));
        await _outbox.WaitForRoomAsync(Token);
        await _outbox.WaitUntilEmptyAsync(Token);
        _outbox.Confirm(channel, 1, multiple: true);
        _outbox.Lose(channel);
        Assert.Null(TryTake(new InFlight()));
    }

    [Fact]
    public void Does_not_keep_what_expired_during_a_long_outage()
    {
        var bodies = new List<WeakReference>();
        for (var round = 0; round < 10; round++)
        {
            AddUnreachable(bodies, CancellationToken.None);
            Expire();
        }

        GC.Collect();
        Assert.InRange(bodies.Count(body => body.IsAlive), 0, Window);
    }

    [Fact]
    public void Leaves_nothing_behind_on_a_long_lived_token()
    {
        using var cancellation = new CancellationTokenSource();
        var bodies = new List<WeakReference>();
        AddUnreachable(bodies, cancellation.Token);
        Expire();
        GC.Collect();
        Assert.DoesNotContain(bodies, body => body.IsAlive);
    }

    private static OutgoingContent Message(string id) => new(new OutgoingMessage { Body = default, MessageId = id });

    private void AddUnreachable(List<WeakReference> bodies, CancellationToken cancellationToken, int count = Window)
    {
        for (var i = 0; i < count; i++)
        {
            var body = new byte[10];
            bodies.Add(new WeakReference(body));
            _outbox.Add(new OutgoingContent(new OutgoingMessage { Body = body }), cancellationToken);
        }
    }

    private List<Task<PublishResult>> Add(params string[] ids) => [.. ids.Select(id => _outbox.Add(Message(id), Token).Result)];

    private void Expire()
    {
        _time.Advance(Limit);
        _outbox.Tick();
    }

    private string? TryTake(InFlight channel) => _outbox.TryTake(channel)?.MessageId;

    private List<string> Take(InFlight channel, int count) => [.. Enumerable.Range(0, count).Select(_ => TryTake(channel)!)];
}
