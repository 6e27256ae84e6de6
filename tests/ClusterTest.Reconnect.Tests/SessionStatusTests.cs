using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class SessionStatusTests : IAsyncDisposable
{
    private static readonly ClusterEndpoint Endpoint = new("h", 5672);
    private static readonly Failure Cause = NewFailure.Connection(FailureKind.ClosedByPeer, "gone");

    private readonly FakeTimeProvider _time = new();
    private readonly Beat _beat;
    private readonly SessionStatus _status;

    public SessionStatusTests()
    {
        var options = new ClusterOptions { Endpoints = [Endpoint], Topology = Topology.Named("q"), TimeProvider = _time };
        var cleanUp = new CleanUp(_time, NullLogger.Instance);
        var declarations = new Declarations(options, cleanUp, NullLogger.Instance);
        _beat = new Beat(_time);
        _status = new SessionStatus(new SessionContext(3, options, declarations, _beat, cleanUp, NullLogger.Instance));
    }

    public ValueTask DisposeAsync() => _beat.DisposeAsync();

    [Fact]
    public void Stamps_a_change_by_both_clocks()
    {
        _time.Advance(TimeSpan.FromSeconds(7));

        var change = Change(Open);

        Assert.Equal((_time.GetUtcNow(), _time.GetTimestamp()), (change.At, change.Timestamp));
    }

    [Theory]
    [InlineData(Opening, "Open Recovering Closing Closed")]
    [InlineData(Open, "Recovering Closing Closed")]
    [InlineData(Recovering, "Open Recovering Closing Closed")]
    [InlineData(Closing, "Closed")]
    [InlineData(Closed, "")]
    public async Task Allows_these_changes_and_no_others(SessionState from, string allowed)
    {
        foreach (var to in Enum.GetValues<SessionState>())
        {
            await using var status = new SessionStatusTests();
            status.At(from);
            if (allowed.Split(' ').Contains(to.ToString()))
            {
                Assert.Equal((from, to), (status.Change(to).From, status._status.State));
            }
            else
            {
                var exception = Assert.Throws<InvalidOperationException>(() => status.Change(to));
                Assert.Contains($"{from} to {to}", exception.Message, StringComparison.Ordinal);
                Assert.Equal(from, status._status.State);
            }
        }
    }

    [Fact]
    public void Measures_an_outage_from_the_loss_to_the_opening()
    {
        At(Open);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Change(Recovering).Outage);
        _time.Advance(TimeSpan.FromMilliseconds(350));
        var opened = Change(Open);
        Assert.Equal(TimeSpan.FromMilliseconds(350), opened.Outage);
        Assert.Equal(_time.GetUtcNow(), opened.At);

        Change(Recovering);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(20), Change(Open).Outage);
    }

    [Fact]
    public void Measures_the_part_of_an_outage_until_the_connection_was_open_that_the_session_then_used()
    {
        _status.Connected();
        At(Open);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Change(Recovering).Reconnect);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _status.Connected();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _status.Connected(); // the one before did not last
        _time.Advance(TimeSpan.FromMilliseconds(40));
        var opened = Change(Open);
        Assert.Equal((30, 70), (opened.Reconnect!.Value.TotalMilliseconds, opened.Outage!.Value.TotalMilliseconds));
    }

    [Fact]
    public void Counts_no_time_to_reconnect_when_the_connection_was_kept()
    {
        _status.Connected();
        At(Open);
        _time.Advance(TimeSpan.FromMinutes(1));
        Change(Recovering);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(TimeSpan.Zero, Change(Open).Reconnect);
    }

    [Fact]
    public void Takes_a_late_start_for_no_outage()
    {
        Change(Recovering);
        _time.Advance(TimeSpan.FromSeconds(5));
        _status.Connected();
        var opened = Change(Open);
        Assert.Null(opened.Outage);
        Assert.Null(opened.Reconnect);
    }

    [Fact]
    public void Tells_what_changed_and_why()
    {
        At(Open);
        var change = _status.Transition(Recovering, Cause, Endpoint, generation: 7, attempts: 2);
        Assert.Equal(
            (3, Open, Recovering, Endpoint, Cause, 7, 2),
            (change.Session, change.From, change.To, change.Endpoint, change.Cause, change.Generation, change.Attempts));
    }

    private SessionStatusTests At(SessionState state)
    {
        foreach (var step in state switch
        {
            Opening => Array.Empty<SessionState>(),
            Closed => [Closing, Closed],
            _ => [state],
        })
        {
            Change(step);
        }

        return this;
    }

    private SessionEvent Change(SessionState to) => _status.Transition(to, to == Recovering ? Cause : null, Endpoint, 1, 1);
}
