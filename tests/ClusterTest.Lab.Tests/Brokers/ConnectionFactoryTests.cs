using ClusterTest.Lab.Brokers;
using RabbitMQ.Client;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class ConnectionFactoryTests
{
    [Fact]
    public async Task Who_gives_up_on_a_silent_broker_does_not_wait_for_the_client_library()
    {
        await using var broker = ScriptedBroker.Start();
        broker.Freeze();
        using var patience = new CancellationTokenSource();

        var opening = new ConnectionFactory { Uri = broker.Uri }.OpenAsync(patience.Token);
        await broker.WaitForAsync(static silent => silent.Connections.Count > 0);
        await patience.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        await using var broker = ScriptedBroker.Start();
        var rule = broker.On<ConnectionStartOk>().Withhold();
        using var patience = new CancellationTokenSource();
        var opening = new ConnectionFactory { Uri = broker.Uri }.OpenAsync(patience.Token);
        _ = await broker.ReceivedAsync<ConnectionStartOk>();
        await patience.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);

        rule.Release();

        _ = await broker.ReceivedAsync<ConnectionOpen>();
        await broker.WaitForAsync(static late => late.Connections.All(connection => connection.EndedAt is not null));
    }
}
