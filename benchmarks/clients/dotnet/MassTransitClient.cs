using ClusterTest.Events;
using MassTransit;
using RabbitMQ.Client;

namespace ClusterTest.Clients;

/// <summary>MassTransit with its defaults: a receive endpoint that is restarted when its connection is lost.</summary>
internal static class MassTransitClient
{
    public static async Task RunAsync(Task stopped)
    {
        Lines.Started("MassTransit", typeof(IBus));
        await BindAsync();
        var bus = Bus.Factory.CreateUsingRabbitMq(static configure =>
        {
            configure.Host(new Uri(Lines.Setting("URI")), static host => host.ConnectionName(Lines.Setting("CLIENT_NAME")));
            configure.ReceiveEndpoint(Lines.Setting("QUEUE"), static endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.ExchangeType = ExchangeType.Direct;
                endpoint.PrefetchCount = 100;
                endpoint.SetQueueArgument("x-queue-type", Lines.Setting("QUEUE_TYPE"));
                endpoint.UseRawJsonDeserializer(isDefault: true);
                endpoint.Handler<TestMessage>(static context =>
                {
                    var due = context.ReceiveContext.TransportHeaders.Get<long>(TestMessage.DueHeader);
                    var origin = new MessageOrigin(context.Message.Run, context.Message.Sequence) { Due = due };
                    Lines.Message(origin, context.ReceiveContext.Redelivered);
                    return Task.CompletedTask;
                });
            });
        });
        _ = bus.ConnectReceiveEndpointObserver(new Observer(stopped));
        await bus.StartAsync();
        await stopped;
        await bus.StopAsync();
    }

    // MassTransit binds its queue to an exchange of the same name by an empty routing key; the drill's producer uses the queue's name.
    private static async Task BindAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Lines.Setting("URI")) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await PlainClient.DeclareAsync(channel);
    }

    private sealed class Observer(Task stopped) : IReceiveEndpointObserver
    {
        // The bus has an endpoint of its own, too.
        public Task Ready(ReceiveEndpointReady ready) =>
            ready.InputAddress.AbsolutePath.EndsWith(Lines.Setting("QUEUE"), StringComparison.Ordinal) ? Lines.ReadyAsync() : Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => stopped.IsCompleted ? Task.CompletedTask : Lines.LostAsync("the endpoint ended");

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;
    }
}
