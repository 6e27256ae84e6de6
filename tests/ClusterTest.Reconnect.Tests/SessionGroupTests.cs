using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class SessionGroupTests : BrokerTest
{
    [Theory]
    [InlineData("opening")]
    [InlineData("handshake")]
    [InlineData("declaring")]
    [InlineData("open")]
    [InlineData("recovering")]
    [InlineData("backing off")]
    [InlineData("blocked")]
    [InlineData("frozen")]
    public async Task Stops_in_every_state(string state)
    {
        // Field lesson 18: close and dispose deadlock (rabbitmq-dotnet-client#1751, #1759, #1825, #1968).
        var cluster = Cluster with { DrainTimeout = TimeSpan.FromMilliseconds(300) };
        switch (state)
        {
            case "opening":
                Broker.StopListening();
                break;
            case "handshake":
                Broker.On<ConnectionOpen>().Freeze();
                break;
            case "declaring":
                Broker.On<QueueDeclare>().Freeze();
                break;
            default:
                break;
        }

        var (consumer, producer) = (Consume(cluster), Produce(cluster));
        switch (state)
        {
            case "opening":
                await Events.WaitForAsync(change => change.To == Recovering, count: 2);
                break;
            case "handshake":
                await Broker.ReceivedAsync<ConnectionOpen>(count: 2);
                break;
            case "declaring":
                await Broker.ReceivedAsync<QueueDeclare>(count: 2);
                break;
            default:
                await Events.WaitForAsync(change => change.To == Open, count: 2);
                Prepare(state);
                break;
        }

        if (state is "recovering" or "backing off")
        {
            await Events.WaitForAsync(change => change.To == Recovering, count: 2);
        }

        var limit = cluster.DrainTimeout + StopBound;
        await Task.WhenAll(consumer.StopAsync(), producer.StopAsync()).WaitAsync(limit, Token);
        await Task.WhenAll(consumer.DisposeAsync().AsTask(), producer.DisposeAsync().AsTask()).WaitAsync(StopBound, Token);
        Assert.True(consumer.Completion.IsCompletedSuccessfully && producer.Completion.IsCompletedSuccessfully);
        Assert.Equal((2, 2), (Events.Items.Count(change => change.To == Closing), Events.Items.Count(change => change is { From: Closing, To: Closed })));
        Assert.All(Events.Items.Where(change => change.To is Closing or Closed), change => Assert.Null(change.Cause));
    }

    [Fact]
    public async Task May_be_stopped_and_disposed_of_again_and_again()
    {
        var (consumer, producer) = (Consume(), Produce());
        await Events.WaitForAsync(change => change.To == Open, count: 2);
        await Task.WhenAll(consumer.StopAsync(), consumer.StopAsync(), producer.StopAsync(), producer.StopAsync());
        for (var i = 0; i < 2; i++)
        {
            await consumer.DisposeAsync();
            await producer.DisposeAsync();
            await consumer.StopAsync();
            Assert.Empty(await producer.StopAsync());
        }
    }

    [Fact]
    public async Task Says_good_bye_to_a_broker_that_listens()
    {
        var consumer = Consume();
        await OpenAsync();
        await consumer.StopAsync();
        var close = await Broker.ReceivedAsync<ConnectionClose>();
        Assert.Equal(200, close.ReplyCode);
    }

    [Fact]
    public async Task Consumes_on_all_sessions_and_loses_only_one_of_them()
    {
        Consume(Cluster with { Sessions = 2 });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        var names = Broker.Connections.Select(connection => connection.Received.OfType<ConnectionStartOk>().Single().ClientProperties["connection_name"]);
        Assert.Equal(["cluster-test", "cluster-test#2"], names.Order());
        Assert.Equal(2, Broker.Queue(Name).ConsumerTags.Count);

        Broker.StopListening();
        Broker.OpenConnections[0].Reset();
        await Events.WaitForAsync(change => change.To == Recovering);
        Broker.Enqueue(Name, "during the outage");
        Assert.Equal(["during the outage"], await AckedAsync(1));
        Broker.StartListening();
        await Events.WaitForAsync(change => change is { To: Open, Generation: 2 });
        Assert.Single(Events.Items, change => change.To == Recovering);
    }

    [Fact]
    public async Task Ends_all_sessions_when_one_of_them_meets_a_fatal_failure()
    {
        var consumer = Consume(Cluster with { Sessions = 3 });
        for (var session = 0; session < 3; session++)
        {
            await OpenAsync(session: session);
        }

        Broker.On<QueueDeclare>().CloseChannel(406, "PRECONDITION_FAILED - inequivalent arg 'x-queue-type'");
        Broker.OpenConnections[1].Reset();
        var exception = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal(FailureKind.InequivalentArguments, exception.Failure.Kind);
        await Events.WaitForAsync(change => change.To == Closed, count: 3);
        Assert.Single(Events.Items, change => change is { To: Closed, Cause: not null });
    }

    [Fact]
    public async Task Does_not_give_up_one_session_while_another_is_open()
    {
        // Field lesson 45: the outage of one hot session ended the healthy ones.
        var allowed = TimeSpan.FromSeconds(1);
        var consumer = Consume(Cluster with { Sessions = 2, AttemptTimeout = allowed, RecoveryTimeout = allowed });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        var rule = Broker.On<ProtocolHeader>().Freeze();
        Broker.OpenConnections[1].Reset();
        await Broker.ReceivedAsync<ProtocolHeader>(count: 2 + 4); // each of them takes as long as an outage may
        Assert.False(consumer.Completion.IsCompleted);
        Broker.Enqueue(Name, "meanwhile");
        Assert.Equal(["meanwhile"], await AckedAsync(1));

        rule.Remove();
        await Events.WaitForAsync(change => change is { To: Open, Generation: 2 });
        Assert.Single(Events.Items, change => change.To == Recovering);
    }

    [Fact]
    public async Task Gives_up_once_none_has_been_open_for_as_long_as_allowed()
    {
        var consumer = Consume(Cluster with { Sessions = 2, RecoveryTimeout = TimeSpan.FromSeconds(1) });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        Broker.StopListening();
        Broker.OpenConnections[1].Reset();
        var lost = await Events.WaitForAsync(change => change.To == Recovering);
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - lost.At > TimeSpan.FromSeconds(3));
        Assert.False(consumer.Completion.IsCompleted);
        var second = TimeProvider.System.GetTimestamp();
        Broker.OpenConnections[0].Reset();
        var exception = await Assert.ThrowsAsync<ClusterRecoveryTimeoutException>(() => consumer.Completion.WaitAsync(Token));
        // The time began with the second loss, not with the first.
        Assert.InRange(exception.Elapsed, TimeSpan.FromSeconds(0.9), TimeProvider.System.GetElapsedTime(second));
        await Events.WaitForAsync(change => change.To == Closed, count: 2);
    }

    private void Prepare(string state)
    {
        switch (state)
        {
            case "recovering":
                Broker.On<ProtocolHeader>().Freeze();
                Broker.OpenConnections[1].Reset();
                Broker.OpenConnections[0].Reset();
                break;
            case "backing off":
                Broker.Kill();
                break;
            case "blocked":
                foreach (var connection in Broker.OpenConnections)
                {
                    connection.Block("low on memory");
                    connection.StopReading();
                }

                break;
            case "frozen":
                Broker.Freeze();
                break;
            default:
                break;
        }
    }
}
