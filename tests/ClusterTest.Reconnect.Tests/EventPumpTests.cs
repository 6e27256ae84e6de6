using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class EventPumpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hands_events_over_one_at_a_time_and_in_order()
    {
        var (seen, inside) = (new List<int>(), 0);
        await using (var pump = new EventPump(
            change =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                seen.Add(change.Generation);
                Interlocked.Decrement(ref inside);
            },
            NullLogger.Instance))
        {
            for (var i = 0; i < 1000; i++)
            {
                _ = pump.Publish(Event(i));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    [Fact]
    public async Task Does_not_wait_for_a_slow_observer()
    {
        using var gate = new ManualResetEventSlim();
        var seen = new Recorder<int>();
        await using var pump = new EventPump(
            change =>
            {
                gate.Wait(Token);
                seen.Add(change.Generation);
            },
            NullLogger.Instance);
        var first = pump.Publish(Event(1));
        var second = pump.Publish(Event(2));
        Assert.False(first.IsCompleted);
        gate.Set();
        await second.WaitAsync(Token);
        Assert.True(first.IsCompleted);
        Assert.Equal([1, 2], seen.Items);
    }

    [Fact]
    public async Task Goes_on_when_the_observer_throws()
    {
        var seen = new Recorder<int>();
        await using var pump = new EventPump(
            change =>
            {
                seen.Add(change.Generation);
                throw new InvalidOperationException("observer");
            },
            NullLogger.Instance);
        await pump.Publish(Event(1)).WaitAsync(Token);
        await pump.Publish(Event(2)).WaitAsync(Token);
        Assert.Equal([1, 2], seen.Items);
    }

    [Fact]
    public async Task Needs_no_observer_and_takes_events_after_its_end()
    {
        var silent = new EventPump(null, NullLogger.Instance);
        Assert.True(silent.Publish(Event(1)).IsCompletedSuccessfully);
        await silent.DisposeAsync();

        var ended = new EventPump(_ => Assert.Fail("ended"), NullLogger.Instance);
        await ended.DisposeAsync();
        await ended.DisposeAsync();
        Assert.True(ended.Publish(Event(1)).IsCompletedSuccessfully);
    }

    private static SessionEvent Event(int generation) => new()
    {
        Session = 0,
        From = SessionState.Opening,
        To = SessionState.Open,
        Endpoint = new("h", 1),
        At = DateTimeOffset.UnixEpoch,
        Timestamp = 0,
        Generation = generation,
    };
}
