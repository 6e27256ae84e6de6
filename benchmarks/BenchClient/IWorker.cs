namespace BenchClient;

/// <summary>A way to publish or to consume.</summary>
internal interface IWorker
{
    /// <summary>Gets how many messages are confirmed, or acked.</summary>
    public long Done { get; }

    /// <summary>Works until it is told to stop.</summary>
    public Task RunAsync(Target target, CancellationToken stop);
}
