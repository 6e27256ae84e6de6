using RabbitMQ.Client;
using Xunit;

namespace ScriptedAmqp.Tests;

public sealed class Example
{
    [Fact]
    public async Task A_client_that_is_cut_off_in_the_middle_of_a_publish_hears_of_it()
    {
        var token = TestContext.Current.CancellationToken;
        await using var broker = ScriptedBroker.Start();
        broker.Declare("orders");
        broker.On<BasicPublish>().Skip(1).Once().Disconnect(); // the second publish ends the connection, the third would not

        var factory = new ConnectionFactory { Uri = broker.Uri, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync(token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), token);
        await channel.BasicPublishAsync("", "orders", mandatory: true, "first"u8.ToArray(), token);

        await Assert.ThrowsAnyAsync<Exception>(async () => await channel.BasicPublishAsync("", "orders", mandatory: true, "second"u8.ToArray(), token));

        Assert.Equal(2, broker.Received.OfType<BasicPublish>().Count());
    }
}
