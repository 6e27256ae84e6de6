using ClusterTest.Reconnect;

namespace ClusterTest.Benchmarks.Contenders;

/// <summary>A way to consume that is expected to survive the loss of its node.</summary>
internal interface IContender
{
    public string Name { get; }

    /// <summary>Starts consuming and returns once it does.</summary>
    /// <param name="endpoint">The load balancer.</param>
    /// <param name="topology">What to declare and consume.</param>
    /// <param name="clientName">The connection's name.</param>
    /// <param name="onMessage">To be called for every message, once it is received and before its ack.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>What stops it.</returns>
    public Task<IAsyncDisposable> StartAsync(
        ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, CancellationToken cancellationToken);
}
