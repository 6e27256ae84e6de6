using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmqctl delete_queue</c>: a queue in the virtual host <c>/</c> is deleted with all its messages.</summary>
public sealed class DeleteQueue() : Fault(
    "delete-queue",
    help: "Delete a queue with the messages in it (rabbitmqctl delete_queue); its consumers are told.",
    expectation: "rabbitmqctl has deleted the queue",
    aftermath: "deleted. A client that needs the queue must declare it again.")
{
    /// <inheritdoc/>
    public override FaultTarget Target => FaultTarget.Queue;

    /// <inheritdoc/>
    public override bool TakesMessages => true;

    /// <inheritdoc/>
    protected override bool IsOverAtOnce => true;

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var running = await scene.Lab.FindRunningAsync(cancellationToken);
        foreach (var asked in running.Count is 1 ? running : await FindHoldersAsync(scene, running, cancellationToken))
        {
            _ = await scene.Lab.CtlOrFailAsync(asked.Name, ["delete_queue", scene.Target], cancellationToken);
        }
    }

    // Of several clusters not every one has to have the queue. If none has it, rabbitmqctl says so.
    private static async Task<IReadOnlyList<Broker>> FindHoldersAsync(FaultScene scene, IReadOnlyList<Broker> running, CancellationToken cancellationToken)
    {
        var leaders = await Task.WhenAll(running.Select(asked => scene.Lab.FindLeaderAsync(asked, scene.Target, cancellationToken)));
        return [.. running.Where((_, index) => leaders[index] is not null).DefaultIfEmpty(running[0])];
    }

    /// <summary>
    /// Always true: <see cref="BreakAsync"/> fails unless rabbitmqctl has deleted the queue. A look at the queue proves nothing, since a client may have
    /// declared it again.
    /// </summary>
    protected override Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    protected override Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) => Task.FromResult("rabbitmqctl has not ended");
}
