using ClusterTest.Reconnect;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Benchmarks.Contenders;

/// <summary>The loop that people write by hand: when the connection is lost, connect and declare again at once, over and over.</summary>
internal sealed class ImmediateLoop : IContender
{
    public string Name => "RabbitMQ.Client, loop that reconnects at once";

    public async Task<IAsyncDisposable> StartAsync(
        ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, CancellationToken cancellationToken)
    {
        var loop = new Loop();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Run(endpoint, topology, clientName, onMessage, ready);
        await ready.Task.WaitAsync(cancellationToken);
        return loop;
    }

    private sealed class Loop : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task _loop = Task.CompletedTask;

        public void Run(ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, TaskCompletionSource ready) =>
            _loop = Task.Run(() => RunAsync(endpoint, topology, clientName, onMessage, ready, _stop.Token));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop;
            _stop.Dispose();
        }

        private static async Task RunAsync(
            ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, TaskCompletionSource ready, CancellationToken stop)
        {
            var factory = new ConnectionFactory { HostName = endpoint.Host, Port = endpoint.Port, AutomaticRecoveryEnabled = false };
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await using var connection = await factory.CreateConnectionAsync(clientName, stop);
                    var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    connection.ConnectionShutdownAsync += (_, _) =>
                    {
                        lost.TrySetResult();
                        return Task.CompletedTask;
                    };
                    await PlainClient.ConsumeAsync(connection, topology, onMessage, stop);
                    ready.TrySetResult();
                    await lost.Task.WaitAsync(stop);
                }
                catch (Exception exception) when (exception is IOException or OperationInterruptedException or OperationCanceledException or TimeoutException)
                {
                    // At once again: that is the point of this contender.
                }
            }
        }
    }
}
