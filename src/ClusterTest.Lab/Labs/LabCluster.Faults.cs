using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Labs;

/// <content>The operations that faults need: a turn on a part, the mark of a part, and the actions on a part.</content>
public sealed partial class LabCluster
{
    // The second line of the mark of a node that is cut off.
    private const string CutOffMark = "cut off";

    // A part has one turn at a time: either a fault is being done to it, or it is being repaired.
    private readonly Dictionary<string, SemaphoreSlim> _turns;

    /// <summary>How long a fault may take to take effect.</summary>
    internal TimeSpan FaultTimeout => _options.FaultTimeout;

    /// <summary>Whether only a mark shows that a node is cut off, so that the node has to keep the mark.</summary>
    internal bool MarksPartitions => !_engine.CanCut;

    /// <summary>Waits until no one else breaks or repairs the part, and takes the turn.</summary>
    /// <returns>The turn; disposing it ends the turn.</returns>
    internal async Task<IDisposable> TakeTurnAsync(string part, CancellationToken cancellationToken)
    {
        await _turns[part].WaitAsync(cancellationToken);
        return new Turn(_turns[part]);
    }

    /// <summary>Marks a part with the fault that is being done to it.</summary>
    /// <returns>The part's earlier mark; null if it had none.</returns>
    internal string? Mark(string part, string fault)
    {
        var file = _layout.FaultMarkOf(part);
        var earlier = File.Exists(file) ? File.ReadAllText(file) : null;
        File.WriteAllText(file, fault);
        return earlier;
    }

    /// <summary>The fault in the part's mark; null if the part has no mark.</summary>
    internal string? MarkOf(string part) =>
        ProcFile.ReadLines(_layout.FaultMarkOf(part)) is [var fault, ..] ? fault : null; // the file may vanish while it is read

    /// <summary>Removes the mark, or writes the earlier mark again: a node that was cut off and then frozen is still cut off.</summary>
    internal void Unmark(string part, string? earlier = null)
    {
        if (earlier is null)
        {
            File.Delete(_layout.FaultMarkOf(part));
            return;
        }

        File.WriteAllText(_layout.FaultMarkOf(part), earlier);
    }

    /// <summary>Fails unless the topology has this node.</summary>
    /// <exception cref="LabException">The topology has no such node.</exception>
    internal void RequireNode(string node) => _ = NodeNamed(node);

    /// <summary>Fails unless a part is in a suitable state. A node that does not respond is looked at again until it responds or the time is over.</summary>
    /// <exception cref="LabException">The part is in another state.</exception>
    internal async Task RequireStateAsync(string part, Func<NodeState, bool> suits, CancellationToken cancellationToken)
    {
        if (part == ManagerRole && MarkOf(part) is { } fault)
        {
            throw new LabException($"The cluster manager has suffered {fault} already. Run ./lab heal first.");
        }

        var began = _options.Time.GetTimestamp();
        var state = await StateOfAsync(part, cancellationToken);
        while (state is NodeState.NotResponding && !suits(state) && _options.Time.GetElapsedTime(began) < SlowResponseLimit)
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
            state = await StateOfAsync(part, cancellationToken);
        }

        if (!suits(state))
        {
            var what = part switch { BalancerRole => "The balancer", LinkRole => "The link", _ => part };
            throw new LabException(state is NodeState.Standby
                ? $"{what} stands by: the broker does not run there. ./lab status shows where it runs."
                : $"{what} is {state.ToWords()} already. Run ./lab heal first.");
        }
    }

    /// <summary>
    /// The state of a node; for the balancer, running or down; for the link and the cluster manager, running only if it is whole.
    /// </summary>
    internal async Task<NodeState> StateOfAsync(string part, CancellationToken cancellationToken)
    {
        if (part == LinkRole)
        {
            return StateOfLink();
        }

        if (part == ManagerRole)
        {
            return NodeState.Running; // whether it has suffered a fault is in its mark
        }

        var found = (await FindPartsAsync(cancellationToken))[part];
        return part is not BalancerRole
            ? (await LookAtAsync(NodeNamed(part), found, cancellationToken)).State
            : found.State is PartState.Down ? NodeState.Down : NodeState.Running;
    }

    /// <summary>Ends a part by SIGKILL and returns when it is gone.</summary>
    internal Task KillAsync(string part, CancellationToken cancellationToken) => _engine.KillAsync(part, cancellationToken);

    /// <summary>Asks a part to end (SIGTERM) and returns when it is gone.</summary>
    internal Task TerminateAsync(string part, CancellationToken cancellationToken) => _engine.EndAsync(part, cancellationToken);

    /// <summary>Stops all processes of a node and returns when they stand still.</summary>
    internal Task PauseAsync(string node, CancellationToken cancellationToken) => _engine.PauseAsync(node, cancellationToken);

    /// <summary>The client ends of a node's connections: a different string for each.</summary>
    internal Task<IReadOnlySet<string>> FindPeersAsync(string node, CancellationToken cancellationToken) => _engine.FindPeersAsync(node, cancellationToken);

    /// <summary>Cuts a node off from the other nodes; returns when they do not see each other.</summary>
    /// <remarks>
    /// If the engine cannot cut nodes off, the node gets another Erlang cookie than the other nodes have. Until the node starts anew, it can neither call
    /// the other nodes nor be called by them.
    /// </remarks>
    internal async Task CutOffAsync(string node, CancellationToken cancellationToken)
    {
        if (_engine.CanCut)
        {
            await _engine.CutAsync(node, cancellationToken);
            return;
        }

        var others = Topology.PeersOf(node);
        var names = string.Join(", ", others.Select(static other => $"{other.Name}@localhost"));
        _ = await CtlOrFailAsync(
            node, ["eval", $"[begin erlang:set_cookie(Other, cut_off), erlang:disconnect_node(Other) end || Other <- [{names}]]."], cancellationToken);
        var running = await FindAnsweringAsync(cancellationToken);
        await UntilAsync(
            async token =>
            {
                var known = await Task.WhenAll(others.Where(running.Contains).Select(other => ConnectedNodesAsync(other.Name, token)));
                var knows = await ConnectedNodesAsync(node, token);
                return !known.Any(nodes => nodes.Contains($"{node}@", StringComparison.Ordinal))
                    && !others.Any(other => knows.Contains($"{other.Name}@", StringComparison.Ordinal));
            },
            cancellationToken);
        await File.AppendAllTextAsync(_layout.FaultMarkOf(node), $"\n{CutOffMark}", CancellationToken.None);
    }

    private bool IsMarkedCutOff(string part) => ProcFile.ReadLines(_layout.FaultMarkOf(part)) is [_, CutOffMark];

    private Task<string> ConnectedNodesAsync(string node, CancellationToken cancellationToken) =>
        CtlOrFailAsync(node, ["eval", "nodes()."], cancellationToken);

    private sealed class Turn(SemaphoreSlim place) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => _ = place.Release();
    }
}
