using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>Something that the lab can do to its cluster, and undo.</summary>
/// <remarks>
/// A derived class has the name, the texts, the action, and the check whether the action has taken effect. This class does the rest for all faults: it keeps
/// other commands off the part, checks that the part is in a state to suffer the fault, marks the part so that a fault that was cut short is
/// found, sets the time limit, and waits for the effect.
/// </remarks>
/// <param name="name">The fault's name in commands, plans and events.</param>
/// <param name="help">What the fault does and what clients notice, for <c>--help</c>.</param>
/// <param name="expectation">What can be seen when the fault has taken effect, after "Expected: ".</param>
/// <param name="aftermath">The state of the target afterwards, as the end of a sentence that begins with the target.</param>
public abstract class Fault(string name, string help, string expectation, string aftermath)
{
    /// <summary>The end of the <see cref="Aftermath"/> of a fault that leaves a part down.</summary>
    private protected const string HealStarts = "./lab heal starts it again.";

    /// <summary>The fault's name in commands, plans and events.</summary>
    public string Name => name;

    /// <summary>What the fault does and what clients notice, for <c>--help</c>.</summary>
    public string Help => help;

    /// <summary>What can be seen when the fault has taken effect, after "Expected: ".</summary>
    public string Expectation => expectation;

    /// <summary>The state of the target afterwards, as the end of a sentence that begins with the target.</summary>
    public string Aftermath => aftermath;

    /// <summary>What the fault is done to.</summary>
    public virtual FaultTarget Target => FaultTarget.Node;

    /// <summary>As in <see cref="IFault.StopsEverybody"/>.</summary>
    public virtual bool StopsEverybody => false;

    /// <summary>As in <see cref="IFault.TakesMessages"/>.</summary>
    public virtual bool TakesMessages => false;

    /// <summary>Whether a drill does this fault only if it is named, because not everything can survive it.</summary>
    public virtual bool HasToBeNamed => false;

    /// <summary>As in <see cref="IFault.IsOverWhenEffective"/>.</summary>
    public virtual bool IsOverWhenEffective => IsOverAtOnce;

    /// <summary>Whether there is never anything to heal, not even if the fault was cut short.</summary>
    protected virtual bool IsOverAtOnce => false;

    /// <summary>
    /// Whether everything that the fault has done can be seen, and undone without a new start, also if the fault was cut short. Such a fault leaves no mark:
    /// healing ends a marked part.
    /// </summary>
    protected virtual bool ShowsHowFarItGot => false;

    /// <summary>Why a topology can never suffer the fault; null if it can.</summary>
    public virtual string? FindObstacle(Topology topology) => null;

    /// <summary>Does the fault; returns when it has taken effect.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="target">The name of the node or of the queue; for the balancer, the link and the cluster manager, their role.</param>
    /// <param name="cancellationToken">Gives up. How far the fault got is unknown then; <see cref="HealAsync"/> undoes a half-done fault, too.</param>
    /// <exception cref="LabException">
    /// The fault has not taken effect, or the part is not in a state to suffer it. <see cref="HealAsync"/> undoes a half-done fault.
    /// </exception>
    public async Task InjectAsync(LabCluster lab, string target, CancellationToken cancellationToken = default)
    {
        await RequirePossibleAsync(lab, target, cancellationToken);
        var scene = new FaultScene(lab, target);
        using var shared = await lab.ShareLockAsync(cancellationToken);
        await lab.RequireUpAsync(cancellationToken);
        if (Target is FaultTarget.Queue)
        {
            await TakeEffectAsync(scene, cancellationToken); // a queue is no part: no command starts or heals it, so it needs no turn and no mark
            return;
        }

        using var turn = await lab.TakeTurnAsync(target, cancellationToken);
        await lab.RequireStateAsync(target, Suffers, cancellationToken);
        if (await FindRefusalAsync(scene, cancellationToken) is { } refusal)
        {
            throw new LabException(refusal);
        }

        var isMarked = !IsOverAtOnce && !ShowsHowFarItGot;
        var earlier = isMarked ? lab.Mark(target, Name) : null;
        await TakeEffectAsync(scene, cancellationToken);
        if (isMarked && !StaysMarked(lab))
        {
            lab.Unmark(target, Lasts(lab, earlier) ? earlier : null);
        }
    }

    /// <summary>
    /// Undoes the fault, and leaves faults of other parts alone. Returns when clients can use the part again. Does nothing to a part that is whole.
    /// </summary>
    /// <param name="lab">The lab.</param>
    /// <param name="target">As for <see cref="InjectAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">The fault could not be undone.</exception>
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

        await (Target switch
        {
            FaultTarget.Balancer => lab.HealBalancerAsync(cancellationToken),
            FaultTarget.Link => lab.HealLinkAsync(cancellationToken),
            FaultTarget.Manager => lab.HealManagerAsync(cancellationToken),
            _ => lab.HealNodeAsync(target, cancellationToken),
        });
    }

    /// <summary>Fails unless a topology can suffer the fault.</summary>
    /// <exception cref="LabException">The topology cannot suffer it. The message says why.</exception>
    internal void RequirePossible(Topology topology)
    {
        if (FindObstacle(topology) is { } obstacle)
        {
            var able = TopologyList.Having(other => FindObstacle(other) is null);
            throw new LabException(
                $"{Name} changes nothing in the topology {topology.Name}: {obstacle}." + (able.Length is 0 ? "" : $" It takes --topology {able}."));
        }
    }

    // A lab that is not up has no topology yet that could be wrong.
    private async Task RequirePossibleAsync(LabCluster lab, string target, CancellationToken cancellationToken)
    {
        bool CanSuffer(Topology topology) =>
            FindObstacle(topology) is null && (Target is not FaultTarget.Node || topology.BrokerNames.Contains(target));
        if (CanSuffer(lab.Topology))
        {
            return;
        }

        await lab.RequireUpAsync(CanSuffer, cancellationToken);
        RequirePossible(lab.Topology);
        lab.RequireNode(target);
    }

    /// <summary>Whether the fault changes anything about a part in this state.</summary>
    protected internal virtual bool Suffers(NodeState state) => state is NodeState.Running;

    /// <summary>
    /// Whether the fault's mark stays on the part until the part is healed, and not only until the fault has taken effect. Healing ends a marked part and
    /// starts it anew. A fault needs this if the state of the part does not show it.
    /// </summary>
    protected internal virtual bool StaysMarked(LabCluster lab) => false;

    /// <summary>Why the fault cannot be done to this target now, as a sentence; null if it can. Asked before anything is changed or marked.</summary>
    protected virtual Task<string?> FindRefusalAsync(FaultScene scene, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Does the fault. May return before the fault has taken effect. What it refuses, <see cref="FindRefusalAsync"/> refuses before.</summary>
    protected abstract Task BreakAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>Whether the fault has taken effect.</summary>
    protected abstract Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>What can be seen, after "Seen: ", when the fault has not taken effect in time.</summary>
    protected virtual async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        $"{scene.Target} is {(await scene.LookAsync(cancellationToken)).ToWords()}";

    /// <summary>Undoes a fault that stays marked, in the fault's own way.</summary>
    /// <returns>Whether the fault was undone; if not, the part is started anew.</returns>
    protected virtual Task<bool> UndoAsync(FaultScene scene, CancellationToken cancellationToken) => Task.FromResult(false);

    // A fault that was cut short leaves its mark until the part is healed. When the next fault has taken effect, that mark has no meaning any more.
    private static bool Lasts(LabCluster lab, string? mark) =>
        mark?.Split('\n')[0] is { } name && (FaultList.Find(name) is not { } listed || listed.StaysMarked(lab));

    /// <summary>Does the fault within the time limit.</summary>
    /// <exception cref="LabException">The fault took longer. The message says what was expected, and what is seen.</exception>
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
            var what = Target is FaultTarget.Balancer or FaultTarget.Link or FaultTarget.Manager ? Name : $"{Name} on {scene.Target}";
            throw new LabException(
                $"{what} has not taken effect after {limit.TotalSeconds:0.##} s. "
                + $"Expected: {Expectation}. Seen: {await SeeAsync(scene, cancellationToken)}.",
                exception);
        }
    }
}
