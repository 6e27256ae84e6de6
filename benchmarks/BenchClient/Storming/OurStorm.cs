using ClusterTest.Reconnect;

namespace BenchClient.Storming;

/// <summary>This project's consumers, with many sessions each.</summary>
internal sealed class OurStorm : IStorm
{
    private const int SessionsEach = 60;

    private readonly List<ClusterConsumer> _consumers = [];

    public Task StartAsync(Target target, int sessions, SessionCount count, CancellationToken cancellationToken)
    {
        for (var left = sessions; left > 0; left -= SessionsEach)
        {
            var options = new ConsumerOptions
            {
                Cluster = new ClusterOptions
                {
                    Endpoints = [new ClusterEndpoint(target.Host, target.Port)],
                    Topology = Topology.Named(target.Queue),
                    ClientName = "storm",
                    Sessions = Math.Min(left, SessionsEach),
                    OnSessionEvent = change => Count(change, count),
                },
            };
            _consumers.Add(ClusterConsumer.Start(options, static (_, _) => ValueTask.FromResult(DeliveryResult.Ack)));
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_consumers.Select(static consumer => consumer.DisposeAsync().AsTask()));

    private static void Count(SessionEvent change, SessionCount count)
    {
        if (change.To == SessionState.Open)
        {
            count.Opened();
        }
        else if (change is { From: SessionState.Open, To: SessionState.Recovering })
        {
            count.Lost();
        }
    }
}
