using ClusterTest.Reconnect;

namespace ClusterTest.Benchmarks.Contenders;

/// <summary>This project's consumer.</summary>
internal sealed class OurConsumer(int sessions) : IContender
{
    public string Name => sessions == 1 ? "ClusterTest.Reconnect, 1 session" : $"ClusterTest.Reconnect, {sessions} sessions";

    public async Task<IAsyncDisposable> StartAsync(
        ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, CancellationToken cancellationToken)
    {
        var open = new CountdownEvent(sessions);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new ConsumerOptions
        {
            Cluster = new ClusterOptions
            {
                Endpoints = [endpoint],
                Topology = topology,
                ClientName = clientName,
                Sessions = sessions,
                OnSessionEvent = change =>
                {
                    if (change is { To: SessionState.Open, Generation: 1 } && open.Signal())
                    {
                        ready.TrySetResult();
                    }
                },
            },
        };
        var consumer = ClusterConsumer.Start(options, (_, _) =>
        {
            onMessage();
            return ValueTask.FromResult(DeliveryResult.Ack);
        });
        await ready.Task.WaitAsync(cancellationToken);
        open.Dispose();
        return consumer;
    }
}
