using System.Diagnostics;
using System.Text.Json;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Clusters;

/// <content>Faults.</content>
public sealed partial class NativeCluster
{
    private const string BrokerVirtualMachine = "beam.smp";

    /// <inheritdoc/>
    public async Task InjectAsync(string node, NodeFault fault, CancellationToken cancellationToken = default)
    {
        var victim = NodeNamed(node);
        using var shared = await ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken);
        RequireUp();
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
            staysMarked: fault is NodeFault.Partition);
    }

    /// <inheritdoc/>
    public async Task CloseConnectionsAsync(string node, CancellationToken cancellationToken = default)
    {
        var victim = NodeNamed(node);
        using var shared = await ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken);
        RequireUp();
        await RequireStateAsync(victim, static state => state is NodeState.Running, cancellationToken);
        var connected = PortOwner.FindPeers(victim.Address.Port);
        await TakeEffectAsync(
            $"close-connections on {node}",
            "none of the connections that it had is open",
            () => Task.FromResult($"{PortOwner.FindPeers(victim.Address.Port).Intersect(connected).Count()} of {connected.Count} are"),
            async token =>
            {
                // What is called global means one node, all virtual hosts.
                _ = await CtlOrFailAsync(node, ["close_all_connections", "--global", "drill"], token);
                await UntilAsync(_ => Task.FromResult(!PortOwner.FindPeers(victim.Address.Port).Overlaps(connected)), token);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        using var shared = await ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken);
        var asked = await FindRunningAsync(cancellationToken);
        _ = await CtlOrFailAsync(asked.Name, ["delete_queue", queue], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RestartBalancerAsync(CancellationToken cancellationToken = default)
    {
        using var shared = await ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken);
        RequireUp();
        if (_processes.Find(BalancerRole).Count is 0)
        {
            throw new LabException("The balancer is down already. Run ./lab heal first.");
        }

        await MarkedAsync(
            BalancerRole,
            NameOf(NodeFault.Restart),
            () => TakeEffectAsync(
                "balancer-restart",
                "another process answers in its place",
                () => Task.FromResult($"{_processes.Find(BalancerRole).Count} processes of it"),
                async token =>
                {
                    await _processes.TerminateAsync(BalancerRole, BalancerProgram, token);
                    await StartBalancerAsync(token);
                },
                cancellationToken),
            staysMarked: false);
    }

    private async Task BreakAsync(ClusterNode victim, NodeFault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case NodeFault.StopApp:
                _ = await CtlOrFailAsync(victim.Name, ["stop_app"], cancellationToken);
                await UntilAsync(_ => Task.FromResult(!PortOwner.IsListenedTo(victim.Address.Port)), cancellationToken);
                break;
            case NodeFault.Kill:
                _ = await _processes.KillAsync(victim.Name, cancellationToken);
                break;
            case NodeFault.Freeze:
                await _processes.FreezeAsync(victim.Name, cancellationToken);
                break;
            case NodeFault.Drain:
                _ = await ToolOrFailAsync(BrokerCtl.Upgrade, victim.Name, ["drain"], cancellationToken);
                await UntilAsync(async token => (await LookAtAsync(victim, token)).State is NodeState.Drained, cancellationToken);
                break;
            case NodeFault.Restart:
                await _processes.TerminateAsync(victim.Name, BrokerVirtualMachine, cancellationToken);
                await StartNodeAsync(victim, progress: null, cancellationToken);
                break;
            case NodeFault.Partition:
                await CutOffAsync(victim, cancellationToken);
                break;
            default:
                throw new UnreachableException($"No such fault: {fault}.");
        }
    }

    /// <summary>Gives a node another secret than the others have: it can then neither call them nor be called by them, until it starts anew.</summary>
    private async Task CutOffAsync(ClusterNode victim, CancellationToken cancellationToken)
    {
        var others = Nodes.Where(node => node != victim).ToList();
        var names = string.Join(", ", others.Select(static node => $"{node.Name}@localhost"));
        _ = await CtlOrFailAsync(
            victim.Name, ["eval", $"[begin erlang:set_cookie(Other, cut_off), erlang:disconnect_node(Other) end || Other <- [{names}]]."], cancellationToken);
        var running = await FindAnsweringAsync(cancellationToken);
        await UntilAsync(
            async token =>
            {
                var known = await Task.WhenAll(others.Where(running.Contains).Select(node => ConnectedNodesAsync(node, token)));
                var knows = await ConnectedNodesAsync(victim, token);
                return !known.Any(nodes => nodes.Contains($"{victim.Name}@", StringComparison.Ordinal))
                    && !others.Exists(node => knows.Contains($"{node.Name}@", StringComparison.Ordinal));
            },
            cancellationToken);
    }

    private Task<string> ConnectedNodesAsync(ClusterNode node, CancellationToken cancellationToken) =>
        CtlOrFailAsync(node.Name, ["eval", "nodes()."], cancellationToken);

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

    private async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition(cancellationToken))
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    private async Task RequireStateAsync(ClusterNode victim, Func<NodeState, bool> suits, CancellationToken cancellationToken)
    {
        var state = (await LookAtAsync(victim, cancellationToken)).State;
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

    private static string NameOf(NodeFault fault) => JsonNamingPolicy.KebabCaseLower.ConvertName(fault.ToString());

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
