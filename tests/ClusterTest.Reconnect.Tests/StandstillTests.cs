using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Sessions;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Field lesson 4: recovery simply never starts (rabbitmq-dotnet-client#1871). Nothing that a session waits for may hold it up for ever.</summary>
public sealed class StandstillTests : BrokerTest
{
    private const int StoodStill = 8;

    private readonly LogRecorder _log = new();
    private readonly MeasurementRecorder _measurements = new();
    private readonly TaskCompletionSource _never = new();

    // A queue of its own, to tell its measurements from those of tests that run at the same time.
    private readonly Topology _topology = Topology.Named($"standstill.{Guid.NewGuid():N}");

    private ClusterOptions Impatient => Cluster with
    {
        Topology = _topology,
        LoggerFactory = _log,
        AttemptTimeout = TimeSpan.FromSeconds(1),
        ReadyTimeout = TimeSpan.FromSeconds(1),
        DrainTimeout = TimeSpan.FromMilliseconds(300),
    };

    [Theory]
    [InlineData("never ends")]
    [InlineData("never returns")]
    public async Task Replaces_a_start_that_ignores_its_token_and(string what)
    {
        var attempts = 0;
        await using var sessions = Run(async (context, link, number, token) =>
        {
            if (++attempts == 1)
            {
                await HangAsync(what);
            }

            return await OpenAsync(context, link, number, token);
        });
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal(FailureKind.TimedOut, late.Cause!.Kind);
        Assert.Equal(2, (await OpenAsync()).Attempts);
        await Broker.WaitForAsync(broker => broker.Connections[0].EndedAt is not null);
    }

    [Theory]
    [InlineData("never ends")]
    [InlineData("never returns")]
    public async Task Leaves_a_channel_behind_with_its_connection_whose_end(string what)
    {
        await using var sessions = Run((context, link, number, token) =>
            OpenAsync(context, link, number, token, () => number == 1 ? HangAsync(what) : Task.CompletedTask));
        await OpenAsync();
        Broker.Connections[0].CloseChannel(1, 404, "NOT_FOUND");
        await OpenAsync(2);
        await CheckToldAsync("the end of the last channel");
        Assert.Equal(2, Broker.Connections.Count);
        await Broker.WaitForAsync(broker => broker.Connections[0].EndedAt is not null);
    }

    [Fact]
    public async Task Stops_though_a_channel_never_ends()
    {
        await using var sessions = Run((context, link, number, token) => OpenAsync(context, link, number, token, () => HangAsync("never returns")));
        await OpenAsync();
        await sessions.StopAsync(TimeSpan.Zero).WaitAsync(StopBound, Token);
        Assert.True(sessions.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Recovers_when_nobody_tells_that_the_channel_is_closed()
    {
        await using var sessions = Run((context, link, number, token) => number == 1
            ? Task.FromResult<Generation>(new Served(context, link, MuteChannel.Create(), number))
            : OpenAsync(context, link, number, token));
        await OpenAsync();
        await OpenAsync(2);
        await CheckToldAsync("a closed channel or connection");
        Assert.Equal(FailureScope.Connection, Events.Items.Single(change => change.To == Recovering).Cause!.Scope);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Does_not_mind_what_a_handler_does_when_its_message_is_gone(bool throws)
    {
        var calls = 0;
        var consumer = Consume(
            async (_, token) =>
            {
                if (Interlocked.Increment(ref calls) == 1)
                {
                    token.Register(() =>
                    {
                        if (throws)
                        {
                            throw new InvalidOperationException("handler");
                        }

                        _never.Task.Wait();
                    });
                    await _never.Task;
                }

                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Impatient });
        await OpenAsync();
        Broker.Enqueue(_topology.Queue, "a");
        await Handled.WaitForAsync(_ => true);
        Broker.Connections[0].Reset();
        await OpenAsync(2);
        Assert.Equal(["a"], await AckedAsync(1, _topology.Queue));
        Assert.DoesNotContain(_log.Lines.Items, line => line.Id == StoodStill); // it does not even take time
        Assert.False(consumer.Completion.IsCompleted);
    }

    [Fact]
    public async Task Ends_though_the_observer_hangs()
    {
        var producer = Produce(Impatient with { OnSessionEvent = _ => _never.Task.Wait() });
        await producer.PublishAsync(Message("a"), Token);
        await producer.DisposeAsync().AsTask().WaitAsync(StopBound, Token);
    }

    public override async ValueTask DisposeAsync()
    {
        _never.TrySetResult();
        await base.DisposeAsync();
        _measurements.Dispose();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<Generation> OpenAsync(
        SessionContext context, Link link, int number, CancellationToken cancellationToken, Func<Task>? disposing = null) =>
        new Served(context, link, await link.Connection.CreateChannelAsync(cancellationToken: cancellationToken), number, disposing);

    private SessionGroup Run(Func<SessionContext, Link, int, CancellationToken, Task<Generation>> startGeneration) =>
        new(Impatient, _log.CreateLogger(""), startGeneration);

    private Task HangAsync(string what)
    {
        if (what == "never returns")
        {
#pragma warning disable CA1849 // That is the point.
            _never.Task.Wait();
#pragma warning restore CA1849
        }

        return _never.Task;
    }

    private async Task CheckToldAsync(string what)
    {
        var told = await _log.Lines.WaitForAsync(line => line.Id == StoodStill);
        Assert.Equal(LogLevel.Error, told.Level);
        Assert.Contains(what, told.Text, StringComparison.Ordinal);
        await _measurements.Measurements.WaitForAsync(measured =>
            measured.Name == "clustertest.session.standstills"
            && measured.Tags["messaging.destination.name"] is string name
            && name.Contains(_topology.Queue, StringComparison.Ordinal));
    }

    /// <summary>Serves nothing, on a channel.</summary>
    private sealed class Served(SessionContext context, Link link, IChannel channel, int number, Func<Task>? disposing = null)
        : Generation(context, link, channel, number)
    {
        protected override void Serve(Task observed)
        {
        }

        public override Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await (disposing?.Invoke() ?? Task.CompletedTask);
        }
    }
}
