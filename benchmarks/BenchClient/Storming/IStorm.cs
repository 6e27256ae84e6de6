namespace BenchClient.Storming;

/// <summary>Many sessions of one process that consume from a queue, and come back by themselves.</summary>
internal interface IStorm : IAsyncDisposable
{
    /// <summary>Starts the sessions; returns before all of them are open.</summary>
    public Task StartAsync(Target target, int sessions, SessionCount count, CancellationToken cancellationToken);
}
