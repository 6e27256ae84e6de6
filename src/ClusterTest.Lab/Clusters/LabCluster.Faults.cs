using System.Diagnostics;
using System.Text.Json;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Clusters;

/// <content>Faults.</content>
public abstract partial class LabCluster
{
    /// <inheritdoc/>
    public async Task InjectAsync(string node, NodeFault fault, CancellationToken cancellationToken = default)
    {
        var victim = NodeNamed(node);
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await _turns[node].WaitAsync(cancellationToken);
        try
        {
            await RequireStateAsync(victim, state => Suffers(state, fault), cancellationToken);
            await MarkedAsync(
                node,
                NameOf(fault),
                () => TakeEffectAsync(
                    $"{NameOf(fault)} on {node}",
                    ExpectationOf(fault),
                    async () => $"{node} is {(await LookAtAsync(victim, cancellationToken)).State.ToWords()}",
                    token => BreakAsync(victim, fault, token),
                    cancellationToken),
                staysMarked: fault is NodeFault.Partition && MarksPartitions);
        }
        finally
        {
            _ = _turns[node].Release();
        }
    }

    /// <inheritdoc/>
    public async Task CloseConnectionsAsync(string node, CancellationToken cancellationToken = default)
    {
        var victim = NodeNamed(node);
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await RequireStateAsync(victim, static state => state is NodeState.Running, cancellationToken);
        var connected = await FindPeersAsync(node, cancellationToken);
        await TakeEffectAsync(
            $"close-connections on {node}",
            "none of the connections that it had is open",
            async () => $"{(await FindPeersAsync(node, cancellationToken)).Count(connected.Contains)} of {connected.Count} are",
            async token =>
            {
                // What is called global means one node, all virtual hosts.
                await CloseConnectionsOrFailAsync(BrokerTool.Ctl, node, ["close_all_connections", "--global", "drill"], token);
                await UntilAsync(async again => !(await FindPeersAsync(node, again)).Any(connected.Contains), _options.Time, token);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        var asked = await FindRunningAsync(cancellationToken);
        _ = await CtlOrFailAsync(asked.Name, ["delete_queue", queue], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RestartBalancerAsync(CancellationToken cancellationToken = default)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireBalancerAsync(cancellationToken);
        await MarkedAsync(
            BalancerRole,
            NameOf(NodeFault.Restart),
            () => TakeEffectAsync(
                "balancer-restart",
                "another process answers in its place",
                SeeBalancerAsync,
                async token =>
                {
                    await TerminateAsync(BalancerRole, token);
                    await StartBalancerAsync(token);
                },
                cancellationToken),
            staysMarked: false);
    }

    /// <inheritdoc/>
    public async Task KillBalancerAsync(CancellationToken cancellationToken = default)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireBalancerAsync(cancellationToken);
        await TakeEffectAsync("balancer-kill", "no process of it is left", SeeBalancerAsync, token => KillAsync(BalancerRole, token), cancellationToken);
    }

    /// <summary>Ends a part by SIGKILL and returns when it is gone.</summary>
    private protected abstract Task KillAsync(string part, CancellationToken cancellationToken);

    /// <summary>Asks a part to end (SIGTERM) and returns when it is gone.</summary>
    private protected abstract Task TerminateAsync(string part, CancellationToken cancellationToken);

    /// <summary>Stops all processes of a node and returns when they stand still.</summary>
    private protected abstract Task FreezeAsync(string node, CancellationToken cancellationToken);

    /// <summary>Lets a frozen node go on. Does nothing to one that is not.</summary>
    private protected abstract Task ThawAsync(string node, CancellationToken cancellationToken);

    /// <summary>Cuts a node off from the others and returns when they do not see each other.</summary>
    private protected abstract Task CutOffAsync(ClusterNode victim, CancellationToken cancellationToken);

    /// <summary>Whether a node that was cut off shows that by a mark alone, and so has to keep it.</summary>
    private protected abstract bool MarksPartitions { get; }

    /// <summary>The other ends of the connections that clients have with a node, in whatever words, as long as they differ.</summary>
    private protected abstract Task<IReadOnlySet<string>> FindPeersAsync(string node, CancellationToken cancellationToken);

    private protected static string NameOf(NodeFault fault) => JsonNamingPolicy.KebabCaseLower.ConvertName(fault.ToString());

    private async Task BreakAsync(ClusterNode victim, NodeFault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case NodeFault.StopApp:
                _ = await CtlOrFailAsync(victim.Name, ["stop_app"], cancellationToken);
                await UntilAsync(async token => !await IsListeningAsync(await FindAddressAsync(victim.Name, token), token), _options.Time, cancellationToken);
                break;
            case NodeFault.Kill:
                await KillAsync(victim.Name, cancellationToken);
                break;
            case NodeFault.Freeze:
                await FreezeAsync(victim.Name, cancellationToken);
                break;
            case NodeFault.Drain:
                await CloseConnectionsOrFailAsync(BrokerTool.Upgrade, victim.Name, ["drain"], cancellationToken);
                await UntilAsync(async token => (await LookAtAsync(victim, token)).State is NodeState.Drained, _options.Time, cancellationToken);
                break;
            case NodeFault.Restart:
                await TerminateAsync(victim.Name, cancellationToken);
                await StartNodeAsync(victim, progress: null, cancellationToken);
                break;
            case NodeFault.Partition:
                await CutOffAsync(victim, cancellationToken);
                break;
            default:
                throw new UnreachableException($"No such fault: {fault}.");
        }
    }

    private async Task MarkedAsync(string role, string fault, Func<Task> inject, bool staysMarked)
    {
        var mark = _layout.FaultMarkOf(role);
        await File.WriteAllTextAsync(mark, fault, CancellationToken.None);
        await inject();
        if (!staysMarked)
        {
            File.Delete(mark);
        }
    }

    /// <summary>Does a fault in limited time.</summary>
    /// <exception cref="LabException">It took longer: what was expected, and what is seen.</exception>
    private async Task TakeEffectAsync(
        string fault, string expected, Func<Task<string>> see, Func<CancellationToken, Task> inject, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.FaultTimeout);
        try
        {
            await inject(deadline.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException(
                $"{fault} has not taken effect after {_options.FaultTimeout.TotalSeconds:0.##} s. Expected: {expected}. Seen: {await see()}.", exception);
        }
    }

    private async Task RequireBalancerAsync(CancellationToken cancellationToken)
    {
        await RequireUpAsync(cancellationToken);
        if ((await FindPartsAsync(cancellationToken))[BalancerRole].State is PartState.Down)
        {
            throw new LabException("The balancer is down already. Run ./lab heal first.");
        }
    }

    private async Task<string> SeeBalancerAsync() =>
        (await FindPartsAsync(CancellationToken.None))[BalancerRole].State is PartState.Down ? "it is down" : "it has a process";

    private async Task RequireStateAsync(ClusterNode victim, Func<NodeState, bool> suits, CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        var state = (await LookAtAsync(victim, cancellationToken)).State;
        while (state is NodeState.NotResponding && !suits(state) && _options.Time.GetElapsedTime(began) < ResponsePatience)
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
            state = (await LookAtAsync(victim, cancellationToken)).State;
        }

        if (!suits(state))
        {
            throw new LabException($"{victim.Name} is {state.ToWords()} already. Run ./lab heal first.");
        }
    }

    /// <summary>Whether a fault changes anything about a node in this state: what has no broker running can still be frozen, and what is frozen be killed.</summary>
    private static bool Suffers(NodeState state, NodeFault fault) => state switch
    {
        NodeState.Running => true,
        NodeState.Down => false,
        NodeState.Frozen => fault is NodeFault.Kill,
        _ => fault is NodeFault.Kill or NodeFault.Freeze,
    };

    private static string ExpectationOf(NodeFault fault) => fault switch
    {
        NodeFault.StopApp => "its Erlang VM runs and has no AMQP listener",
        NodeFault.Kill => "no process of it is left",
        NodeFault.Freeze => "all its processes are stopped",
        NodeFault.Drain => "it has no AMQP listener and says that it is under maintenance",
        NodeFault.Restart => "it ended and answers again",
        _ => "it and the other nodes do not see each other",
    };
}
