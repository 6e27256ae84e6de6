using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class SessionTests : BrokerTest
{
    [Fact]
    public async Task Retries_the_first_connect_and_tells_of_it_once()
    {
        Broker.StopListening();
        Consume();
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal((Opening, FailureKind.Refused), (late.From, late.Cause!.Kind));
        Broker.StartListening();
        var open = await OpenAsync();
        Assert.Equal((Recovering, 1, null), (open.From, open.Generation, open.Outage));
        Assert.True(open.Attempts > 1);
        Assert.Equal([Recovering, Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Opens_without_ado_when_all_is_well()
    {
        Consume();
        var open = await OpenAsync();
        Assert.Equal((Opening, 1, 1, Endpoint, null), (open.From, open.Generation, open.Attempts, open.Endpoint, open.Cause));
        var connection = Assert.Single(Broker.Connections);
        var properties = (Dictionary<string, object?>)connection.Received.OfType<ConnectionStartOk>().Single().ClientProperties;
        Assert.Equal("cluster-test", properties["connection_name"]);
        Assert.Equal(TimeSpan.FromSeconds(10), connection.Heartbeat);
    }

    [Theory]
    [InlineData("reset", FailureKind.ClosedByPeer)]
    [InlineData("end", FailureKind.ClosedByPeer)]
    [InlineData("shutdown", FailureKind.ConnectionForced)]
    [InlineData("internal error", FailureKind.ConnectionClosed)]
    public async Task Recovers_from_every_end_of_a_connection(string end, FailureKind kind)
    {
        Consume();
        await OpenAsync();
        var connection = Broker.OpenConnections[0];
        switch (end)
        {
            case "reset":
                connection.Reset();
                break;
            case "end":
                connection.Disconnect();
                break;
            case "shutdown":
                connection.Close(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
                break;
            default:
                connection.Close(541, "INTERNAL_ERROR");
                break;
        }

        var open = await OpenAsync(2);
        Assert.True(open.Outage > open.Reconnect && open.Reconnect > TimeSpan.Zero, $"{open.Reconnect} of {open.Outage}");
        var lost = Assert.Single(Events.Items, change => change.To == Recovering);
        Assert.Equal((Open, kind, FailureScope.Connection), (lost.From, lost.Cause!.Kind, lost.Cause.Scope));
        Assert.Equal(2, Broker.Connections.Count);
        Assert.Single(Broker.Queue(Name).ConsumerTags);
    }

    [Theory]
    [InlineData(0.01, false)]
    [InlineData(30, true)]
    public async Task Waits_between_attempts_as_long_as_it_is_allowed(double seconds, bool isLong)
    {
        Broker.StopListening();
        using var log = new LogRecorder();
        Consume(Cluster with { MaxBackoff = TimeSpan.FromSeconds(seconds), TimeProvider = Clock, LoggerFactory = log });
        await AdvanceUntilAsync(() => Waits().Count >= 20, TimeSpan.FromSeconds(seconds)); // from 10 ms it takes 12 doublings to 30 s
        Assert.All(Waits(), wait => Assert.InRange(wait, 0, seconds * 1000));
        Assert.Equal(isLong, Waits().Any(static wait => wait > 1000));

        List<double> Waits() =>
        [
            .. log.Lines.Items
                .Select(static line => Regex.Match(line.Text, "; the next attempt is in ([0-9]+) ms$"))
                .Where(static match => match.Success)
                .Select(static match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
    }

    [Fact]
    public async Task A_broker_that_is_slow_at_the_login_is_not_said_to_have_closed()
    {
        Broker.On<ConnectionStartOk>().Withhold();
        using var log = new LogRecorder();
        Consume(Cluster with { AttemptTimeout = TimeSpan.FromSeconds(0.5), LoggerFactory = log });
        await log.Lines.WaitForAsync(static line => line.Text.Contains("attempt 4 ", StringComparison.Ordinal));
        var failed = log.Lines.Items.Where(static line => line.Text.Contains(": attempt ", StringComparison.Ordinal));
        Assert.All(failed, static line => Assert.Contains("nothing answered in time", line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_is_slow_again_and_again_gets_more_time()
    {
        Broker.On<ProtocolHeader>().Times(5).Withhold();
        Consume(Cluster with { TimeProvider = Clock, AttemptTimeout = TimeSpan.FromSeconds(10) });
        await Broker.WaitForAsync(_ => Headers() == 1);
        double[] seconds = [10, 10, 20, 40, 40];
        for (var attempt = 1; attempt <= seconds.Length; attempt++)
        {
            var began = Clock.GetUtcNow();
            await PassAsync(TimeSpan.FromSeconds(seconds[attempt - 1] * 0.8), TimeSpan.FromSeconds(1));
            Assert.Equal(attempt, Headers());
            await AdvanceUntilAsync(() => Headers() > attempt, Step);
            Assert.InRange((Clock.GetUtcNow() - began).TotalSeconds, 0, seconds[attempt - 1] + 8); // far below twice as long
        }

        await OpenAsync();

        int Headers() => Broker.Received.OfType<ProtocolHeader>().Count();

        // The clock of the test, which passes much faster than an attempt connects, waits for that.
        TimeSpan Step() => Broker.Connections.Count > Headers() ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);
    }

    [Fact]
    public async Task A_login_may_take_longer_than_the_declarations()
    {
        var login = Broker.On<ConnectionStartOk>().Once().Withhold();
        Consume(Cluster with { AttemptTimeout = TimeSpan.FromMinutes(1), ReadyTimeout = TimeSpan.FromSeconds(2) });
        await Broker.WaitForAsync(_ => login.Hits == 1);
        var began = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(2.5));
        login.Release();
        Assert.Equal(1, (await OpenAsync()).Attempts);
    }

    [Fact]
    public async Task A_login_that_is_slow_after_one_that_succeeded_is_begun_anew_with_the_mechanism_that_worked()
    {
        Consume(Cluster with { TimeProvider = Clock, AttemptTimeout = TimeSpan.FromSeconds(10) });
        await OpenAsync();
        var slow = Broker.On<ConnectionStartOk>().Times(3).Withhold();
        Broker.OpenConnections[0].Reset();
        await AdvanceUntilAsync(() => slow.Hits == 3 && Logins() == 5, Step);
        Assert.Equal(4, (await OpenAsync(2)).Attempts); // none of them only asked

        int Logins() => Broker.Received.OfType<ConnectionStartOk>().Count();

        // The clock of the test, which passes much faster than an attempt connects, waits for that.
        TimeSpan Step() => Broker.Connections.Count > Logins() ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);
    }

    [Fact]
    public async Task One_end_at_the_login_in_each_of_two_outages_is_not_two_in_a_row()
    {
        using var log = new LogRecorder();
        Consume(Cluster with { LoggerFactory = log });
        await OpenAsync();
        for (var outage = 1; outage <= 2; outage++)
        {
            Broker.On<ConnectionStartOk>().Once().Disconnect();
            Broker.OpenConnections[0].Reset();
            await OpenAsync(outage + 1);
        }

        // After two in a row the next attempt asks for nothing, and fails as well.
        Assert.Equal(2, log.Lines.Items.Count(static line => line.Text.Contains(": attempt ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Notices_by_the_heartbeat_that_the_broker_hangs()
    {
        Consume(Cluster with { Heartbeat = TimeSpan.FromSeconds(1) });
        await OpenAsync();
        Broker.OpenConnections[0].Freeze();
        await OpenAsync(2);
        Assert.Equal(FailureKind.TimedOut, Events.Items.Single(change => change.To == Recovering).Cause!.Kind);
    }

    [Fact]
    public async Task Recovers_again_when_the_connection_is_lost_inside_the_event_that_it_recovered()
    {
        // Field lesson 2: a connection lost while recovery finishes is never recovered (rabbitmq-dotnet-client PR#2004).
        var cluster = Cluster with
        {
            OnSessionEvent = change =>
            {
                Events.Add(change);
                if (change.Generation <= 3)
                {
                    ResetWhenOpen(change);
                }
            },
        };
        Consume(cluster);
        await OpenAsync(4);
        Broker.Enqueue(Name, "after");
        Assert.Equal(["after"], await AckedAsync(1));
    }

    [Fact]
    public async Task Does_not_mind_an_observer_that_throws_or_hangs()
    {
        using var gate = new ManualResetEventSlim();
        var producer = Produce(Cluster with
        {
            OnSessionEvent = change =>
            {
                Events.Add(change);
                gate.Wait(Token);
                throw new InvalidOperationException("observer");
            },
        });
        Assert.True((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        Broker.OpenConnections[0].Reset();
        Assert.True((await producer.PublishAsync(Message("b"), Token)).IsConfirmed);
        gate.Set();
        await OpenAsync(2);
    }

    [Theory]
    [InlineData("accepts")]
    [InlineData("takes the consumer")]
    [InlineData("is seen to be open")]
    public async Task Does_not_hammer_a_peer_that_closes_as_soon_as_it(string moment)
    {
        // Field lesson 19: kombu#706 and celery#4075 reconnect in a tight loop. A peer that accepts and closes counts as a failure.
        var attempts = moment == "takes the consumer" ? 16 : 12; // there it sometimes opens, sometimes not, and takes longer to slow down
        switch (moment)
        {
            case "accepts":
                Broker.On<Accepted>().Disconnect();
                break;
            case "takes the consumer":
                Broker.After<BasicConsume>().Disconnect();
                break;
            default:
                break;
        }

        Consume(Cluster with { OnSessionEvent = moment == "is seen to be open" ? ResetWhenOpen : null });
        await Broker.ReceivedAsync<Accepted>(count: attempts, timeout: TimeSpan.FromSeconds(30));

        // Full jitter of ceilings that double from 10 ms to 1 s: by now 11 delays, 2.3 s on average. A loop without them takes no time.
        var accepted = Broker.Connections.Select(connection => connection.AcceptedAt).Take(attempts).ToList();
        Assert.True(accepted[^1] - accepted[0] > TimeSpan.FromMilliseconds(200), $"{attempts} attempts in {accepted[^1] - accepted[0]}");
    }

    [Fact]
    public async Task Starts_the_backoff_over_once_a_session_has_served_for_a_while()
    {
        const int shortLives = 8;
        Consume(Cluster with
        {
            OnSessionEvent = change =>
            {
                Events.Add(change);
                if (change.Generation <= shortLives)
                {
                    ResetWhenOpen(change);
                }
            },
        });
        var open = await OpenAsync(shortLives + 1);
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - open.At > TimeSpan.FromMilliseconds(1100));
        Broker.OpenConnections[0].Reset();
        await OpenAsync(shortLives + 2);
        var (lost, accepted) = (Broker.Connections[^2].EndedAt!.Value, Broker.Connections[^1].AcceptedAt);

        // Left where it was, the backoff would wait for 500 ms on average.
        Assert.InRange(accepted - lost, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task Ends_at_once_when_the_login_is_refused()
    {
        Broker.On<ConnectionStartOk>().CloseConnection(403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN");
        await CheckFatalAsync(FailureKind.AuthenticationFailed, 403, "password");
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Ends_at_once_when_there_is_no_such_virtual_host()
    {
        Broker.On<ConnectionOpen>().CloseConnection(530, "NOT_ALLOWED - vhost nope not found");
        await CheckFatalAsync(FailureKind.VirtualHostRefused, 530, "virtual host");
    }

    [Fact]
    public async Task Ends_at_once_when_the_queue_exists_with_other_properties()
    {
        Broker.Enqueue(Name, "makes it a classic queue");
        await CheckFatalAsync(FailureKind.InequivalentArguments, 406, "Topology.QueueType");
    }

    [Fact]
    public async Task Ends_at_once_when_access_is_refused()
    {
        Broker.On<QueueDeclare>().CloseChannel(403, "ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused for user 'guest'");
        await CheckFatalAsync(FailureKind.AccessRefused, 403, "permission");
    }

    [Fact]
    public async Task Ends_when_a_fatal_failure_comes_while_it_serves()
    {
        var producer = Produce();
        await OpenAsync();
        Broker.On<BasicPublish>().CloseConnection(403, "ACCESS_REFUSED - write access to exchange 'q' in vhost '/' refused for user 'guest'");
        var publishing = producer.PublishAsync(Message("a"), Token);
        var exception = await Assert.ThrowsAsync<ClusterSessionException>(() => producer.Completion.WaitAsync(Token));
        Assert.Equal(FailureKind.AccessRefused, exception.Failure.Kind);
        Assert.False((await publishing).IsConfirmed);
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.PublishAsync(Message("b"), Token); });
    }

    [Fact]
    public async Task Gives_up_once_an_outage_is_longer_than_allowed_and_says_what_it_saw_last()
    {
        var producer = Produce(Cluster with { RecoveryTimeout = TimeSpan.FromSeconds(1.5) });
        await producer.PublishAsync(Message("a"), Token);
        Broker.Kill();
        var exception = await Assert.ThrowsAsync<ClusterRecoveryTimeoutException>(() => producer.Completion.WaitAsync(Token));
        Assert.Equal((FailureKind.Refused, true, Endpoint), (exception.Failure.Kind, exception.IsTransient, exception.Endpoint));
        Assert.True(exception.Attempts > 1 && exception.Elapsed >= TimeSpan.FromSeconds(1.4));
        Assert.Matches("gave up after .* s and .* attempts; the last failure: 127.0.0.1:.*refused.*Check", exception.Message);
        Assert.Equal(Closed, (await Events.WaitForAsync(change => change.To == Closed)).To);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("declare")]
    public async Task Gives_up_in_the_middle_of_an_attempt_too(string phase)
    {
        if (phase == "connect")
        {
            Broker.On<ProtocolHeader>().Withhold();
        }
        else
        {
            Broker.On<BasicConsume>().Withhold();
        }

        var consumer = Consume(Cluster with { RecoveryTimeout = TimeSpan.FromMilliseconds(300) });
        var exception = await Assert.ThrowsAsync<ClusterRecoveryTimeoutException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal((FailureKind.TimedOut, 1), (exception.Failure.Kind, exception.Attempts));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("http")]
    [InlineData("amqp 1.0")]
    [InlineData("frozen")]
    public async Task Keeps_trying_a_peer_that_does_not_speak_AMQP(string peer)
    {
        var trigger = Broker.On<ProtocolHeader>().Times(2);
        _ = peer switch
        {
            "nothing" => trigger.Withhold(),
            "http" => trigger.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8),
            "amqp 1.0" => trigger.Send("AMQP\0\x1\0\0"u8),
            _ => trigger.Freeze(),
        };
        Consume(Cluster with { AttemptTimeout = TimeSpan.FromSeconds(peer is "nothing" or "frozen" ? 0.3 : 5) });
        await OpenAsync();
        Assert.Equal(peer is "nothing" or "frozen" ? FailureKind.TimedOut : FailureKind.NotAmqp, Events.Items[0].Cause!.Kind);
    }

    [Fact]
    public async Task Takes_a_failure_in_the_moment_of_the_stop_for_the_stop()
    {
        using var stop = new CancellationTokenSource();
        var options = Cluster with { Sessions = 1 };
        var cleanUp = new CleanUp(TimeProvider.System, NullLogger.Instance);
        await using var pump = new EventPump(Events.Add, NullLogger.Instance);
        await using var beat = new Beat(options.TimeProvider);
        var context = new SessionContext(0, options, new Declarations(options, cleanUp, NullLogger.Instance), beat, cleanUp, NullLogger.Instance);
        await using var outage = new GroupInterruption(options.RecoveryTimeout, TimeProvider.System);
        var session = new Session(context, pump, outage, (_, _, _, _) =>
        {
#pragma warning disable CA1849 // It is to be cancelled before the exception is thrown.
            stop.Cancel();
#pragma warning restore CA1849
            throw new IOException("lost in the same moment");
        });
        await session.RunAsync(stop.Token, CancellationToken.None).WaitAsync(Token);
        await Events.WaitForAsync(change => change.To == Closed);
        Assert.Equal([Closing, Closed], Events.Items.Select(change => change.To));
        Assert.All(Events.Items, change => Assert.Null(change.Cause));
        await Broker.WaitForAsync(broker => broker.Connections[0].EndedAt is not null);
    }

    private void ResetWhenOpen(SessionEvent change)
    {
        if (change.To == Open)
        {
            Broker.OpenConnections[0].Reset();
        }
    }

    private async Task CheckFatalAsync(FailureKind kind, ushort code, string advice)
    {
        var consumer = Consume();
        var exception = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal((kind, code, false, Endpoint), (exception.Failure.Kind, exception.Failure.ReplyCode, exception.IsTransient, exception.Endpoint));
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.InnerException);
        var closed = await Events.WaitForAsync(change => change.To == Closed);
        Assert.Equal((Opening, exception.Failure), (closed.From, closed.Cause));
        Assert.Single(Events.Items);
    }
}
