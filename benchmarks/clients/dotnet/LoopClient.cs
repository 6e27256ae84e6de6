using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Clients;

/// <summary>RabbitMQ.Client in the loop that people write by hand: when the connection is lost, connect and declare again at once.</summary>
internal static class LoopClient
{
    // A loop that never sleeps takes a whole processor while nothing listens.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(Task stopped)
    {
        Lines.Started("RabbitMQ.Client, loop", typeof(ConnectionFactory));
        var factory = new ConnectionFactory
        {
            Uri = new Uri(Lines.Setting("URI")),
            ClientProvidedName = Lines.Setting("CLIENT_NAME"),
            AutomaticRecoveryEnabled = false,
        };
        while (!stopped.IsCompleted)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync();
                await using var channel = await connection.CreateChannelAsync();
                var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                channel.ChannelShutdownAsync += async (_, reason) =>
                {
                    await (reason.Initiator is ShutdownInitiator.Application ? Task.CompletedTask : Lines.LostAsync(reason.ToString()));
                    lost.TrySetResult();
                };
                await PlainClient.ConsumeAsync(channel);
                await Task.WhenAny(lost.Task, stopped);
            }
            catch (Exception exception) when (exception is IOException or OperationInterruptedException or TimeoutException)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}
