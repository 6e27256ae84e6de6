using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>Something that the lab can do to its cluster, and undo.</summary>
/// <remarks>
/// A fault says what it is called, what it does and what is to be seen then, and does it. Everything around that is here alone: that nobody else changes
/// the same part, that the part can suffer it, the mark for whoever finds a fault that was cut short, the time limit, and the look whether it has taken effect.
/// </remarks>
/// <param name="name">What it is called in commands, plans and events.</param>
/// <param name="help">What it does and what clients notice, for <c>--help</c>.</param>
/// <param name="expectation">What is to be seen when it has taken effect, after "Expected: ".</param>
/// <param name="aftermath">How things are then, as the end of a sentence that begins with the target.</param>
public abstract class Fault(string name, string help, string expectation, string aftermath)
{
    /// <summary>How the <see cref="Aftermath"/> of what is down ends.</summary>
    private protected const string HealStarts = "./lab heal starts it again.";

    /// <summary>What it is called in commands, plans and events.</summary>
    public string Name => name;

    /// <summary>What it does and what clients notice, for <c>--help</c>.</summary>
    public string Help => help;

    /// <summary>What is to be seen when it has taken effect, after "Expected: ".</summary>
    public string Expectation => expectation;

    /// <summary>How things are then, as the end of a sentence that begins with the target.</summary>
    public string Aftermath => aftermath;

    /// <summary>What it is done to.</summary>
    public virtual FaultTarget Target => FaultTarget.Node;

    /// <summary>As in <see cref="IFault.StopsEverybody"/>.</summary>
    public virtual bool StopsEverybody => false;

    /// <summary>As in <see cref="IFault.TakesMessages"/>.</summary>
    public virtual bool TakesMessages => false;

    /// <summary>Whether a drill that names no fault leaves it out: it is not meant to be survived by everything.</summary>
    public virtual bool HasToBeNamed => false;

    /// <summary>Whether it is over when it has taken effect, so that nothing of it is left, and nothing is to be healed.</summary>
    protected virtual bool IsOverAtOnce => false;

    /// <summary>Why a topology cannot suffer it, whatever its parts do; null if it can.</summary>
    public virtual string? FindObstacle(Topology topology) => null;

    /// <summary>Does it; returns when it has taken effect.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="target">The name of the node or of the queue; for the balancer, its role.</param>
    /// <param name="cancellationToken">Gives up. How far the fault got is unknown then; healing mends that, too.</param>
    /// <exception cref="LabException">It has not taken effect, or the part is not in a state to suffer it. Healing undoes what was begun.</exception>
    public async Task InjectAsync(LabCluster lab, string target, CancellationToken cancellationToken = default)
    {
        RequirePossible(lab.Topology);
        var scene = new FaultScene(lab, target);
        if (Target is FaultTarget.Node)
        {
            lab.RequireNode(target);
        }

        using var shared = await lab.ShareLockAsync(cancellationToken);
        await lab.RequireUpAsync(cancellationToken);
        if (Target is FaultTarget.Queue)
        {
            await TakeEffectAsync(scene, cancellationToken); // it is no part, so that nobody starts or mends it
            return;
        }

        using var turn = await lab.TakeTurnAsync(target, cancellationToken);
        await lab.RequireStateAsync(target, Suffers, cancellationToken);
        var earlier = IsOverAtOnce ? null : lab.Mark(target, Name);
        await TakeEffectAsync(scene, cancellationToken);
        if (!IsOverAtOnce && !StaysMarked(lab))
        {
            lab.Unmark(target, Lasts(lab, earlier) ? earlier : null);
        }
    }

    /// <summary>Undoes it, leaving faults of other parts alone; returns when clients can use again what was broken. Does nothing to what is whole.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="target">As for <see cref="InjectAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">It could not be undone.</exception>
    public async Task HealAsync(LabCluster lab, string target, CancellationToken cancellationToken = default)
    {
        if (IsOverAtOnce)
        {
            return;
        }

        if (lab.MarkOf(target) == Name && StaysMarked(lab))
        {
            using var shared = await lab.ShareLockAsync(cancellationToken);
            await lab.RequireUpAsync(cancellationToken);
            using var turn = await lab.TakeTurnAsync(target, cancellationToken);
            if (await UndoAsync(new FaultScene(lab, target), cancellationToken))
            {
                lab.Unmark(target);
            }
        }

        await (Target is FaultTarget.Balancer ? lab.HealBalancerAsync(cancellationToken) : lab.HealNodeAsync(target, cancellationToken));
    }

    /// <summary>Fails unless a topology can suffer it.</summary>
    /// <exception cref="LabException">Why it cannot.</exception>
    internal void RequirePossible(Topology topology)
    {
        if (FindObstacle(topology) is { } obstacle)
        {
            throw new LabException($"{Name} changes nothing in the topology {topology.Name}: {obstacle}.");
        }
    }

    /// <summary>Whether it changes anything about a part in this state.</summary>
    protected internal virtual bool Suffers(NodeState state) => state is NodeState.Running;

    /// <summary>
    /// Whether its mark stays until it is healed, and not only until it has taken effect. What bears a mark is ended and started anew by whatever heals:
    /// that is for a fault that no look at the part would find.
    /// </summary>
    protected internal virtual bool StaysMarked(LabCluster lab) => false;

    /// <summary>Does it. It may return before it has taken effect.</summary>
    protected abstract Task BreakAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>Whether it has taken effect.</summary>
    protected abstract Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>What is seen of it, after "Seen: ", when it has not taken effect in time.</summary>
    protected virtual async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        $"{scene.Target} is {(await scene.LookAsync(cancellationToken)).ToWords()}";

    /// <summary>Undoes, in its own way, a fault that stays marked.</summary>
    /// <returns>Whether it did; otherwise the part is started anew.</returns>
    protected virtual Task<bool> UndoAsync(FaultScene scene, CancellationToken cancellationToken) => Task.FromResult(false);

    // One that was cut short, and whose mark says so until somebody heals, is over when the next fault has taken effect.
    private static bool Lasts(LabCluster lab, string? mark) =>
        mark?.Split('\n')[0] is { } name && (FaultList.Find(name) is not { } listed || listed.StaysMarked(lab));

    /// <summary>Does it in limited time.</summary>
    /// <exception cref="LabException">It took longer: what was expected, and what is seen.</exception>
    private async Task TakeEffectAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var limit = scene.Lab.FaultTimeout;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await BreakAsync(scene, deadline.Token);
            await scene.UntilAsync(token => IsEffectiveAsync(scene, token), deadline.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            var what = Target is FaultTarget.Balancer ? Name : $"{Name} on {scene.Target}";
            throw new LabException($"{what} has not taken effect after {limit.TotalSeconds:0.##} s. Expected: {Expectation}. Seen: {await SeeAsync(scene, cancellationToken)}.", exception);
        }
    }
}
