using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A stop has one deadline, and closes whatever happens before it.</summary>
public sealed class DrainDeadlineTests : BrokerTest
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_further_stop_does_not_begin_the_deadline_anew()
    {
        var isTooLate = false;
        var consumer = Consume(
            async (_, tooLate) =>
            {
                using var registration = tooLate.Register(() => isTooLate = true);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, tooLate);
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster with { TimeProvider = _clock, DrainTimeout = TimeSpan.FromSeconds(10) } });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        var stopping = consumer.StopAsync();
        await Broker.ReceivedAsync<BasicCancel>();
        _clock.Advance(TimeSpan.FromSeconds(6));
        var again = consumer.StopAsync();
        Assert.False(isTooLate);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => isTooLate);
        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return stopping.IsCompleted && again.IsCompleted;
        });
    }

    [Fact]
    public async Task What_fails_while_it_drains_does_not_keep_a_session_from_closing()
    {
        using var log = new LogRecorder();
        await using var sessions = new SessionGroup(
            Cluster,
            log,
            static async (context, link, number, token) =>
                new Failing(context, link, await link.Connection.CreateChannelAsync(cancellationToken: token), number));
        await OpenAsync();
        await sessions.StopAsync(Cluster.DrainTimeout);
        await sessions.Completion;
        await Broker.ReceivedAsync<ConnectionClose>();
        await Events.WaitForAsync(change => change.To == Closed);
        Assert.Equal([Open, Closing, Closed], Events.Items.Select(change => change.To));
        Assert.Contains(log.Lines.Items, line => line.Level == LogLevel.Error && line.Text.Contains("drain", StringComparison.Ordinal));
    }

    private sealed class Failing(SessionContext context, Link link, IChannel channel, int number) : Generation(context, link, channel, number)
    {
        public override Task DrainAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("unforeseen");

        protected override void Serve(Task observed)
        {
        }
    }
}
