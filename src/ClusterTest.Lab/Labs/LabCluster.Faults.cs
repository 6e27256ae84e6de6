using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Labs;

/// <content>What a fault needs: that nobody else is at work on the same part, its mark, and what can be done to a part.</content>
public sealed partial class LabCluster
{
    // The second line of a mark.
    private const string CutOffMark = "cut off";

    // Nobody repairs a part while a fault is being done to it, or the other way round.
    private readonly Dictionary<string, SemaphoreSlim> _turns;

    /// <summary>How long a fault may take until it has taken effect.</summary>
    internal TimeSpan FaultTimeout => _options.FaultTimeout;

    /// <summary>Whether a node that was cut off shows that by a mark alone, and so has to keep it.</summary>
    internal bool MarksPartitions => !_engine.CanCut;

    /// <summary>Waits until nobody else breaks or mends the part.</summary>
    /// <returns>What ends the turn.</returns>
    internal async Task<IDisposable> TakeTurnAsync(string part, CancellationToken cancellationToken)
    {
        await _turns[part].WaitAsync(cancellationToken);
        return new Turn(_turns[part]);
    }

    /// <summary>Notes that a fault is being done to a part.</summary>
    /// <returns>The mark that the part bore; null if it bore none.</returns>
    internal string? Mark(string part, string fault)
    {
        var file = _layout.FaultMarkOf(part);
        var earlier = File.Exists(file) ? File.ReadAllText(file) : null;
        File.WriteAllText(file, fault);
        return earlier;
    }

    /// <summary>The fault that the part bears the mark of; null if it bears none.</summary>
    internal string? MarkOf(string part) => ProcFile.ReadLines(_layout.FaultMarkOf(part)) is [var fault, ..] ? fault : null; // it may go away while it is read

    /// <summary>Removes the note, or puts the earlier one back: a node that was cut off and then frozen is still cut off.</summary>
    internal void Unmark(string part, string? earlier = null)
    {
        if (earlier is null)
        {
            File.Delete(_layout.FaultMarkOf(part));
            return;
        }

        File.WriteAllText(_layout.FaultMarkOf(part), earlier);
    }

    /// <summary>Fails unless there is such a node.</summary>
    /// <exception cref="LabException">There is none.</exception>
    internal void RequireNode(string node) => _ = NodeNamed(node);

    /// <summary>Fails unless a part is in a state that suits; one that is slow for a moment is looked at again.</summary>
    /// <exception cref="LabException">It is in another.</exception>
    internal async Task RequireStateAsync(string part, Func<NodeState, bool> suits, CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        var state = await StateOfAsync(part, cancellationToken);
        while (state is NodeState.NotResponding && !suits(state) && _options.Time.GetElapsedTime(began) < ResponsePatience)
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
            state = await StateOfAsync(part, cancellationToken);
        }

        if (!suits(state))
        {
            throw new LabException($"{(part is BalancerRole ? "The balancer" : part)} is {state.ToWords()} already. Run ./lab heal first.");
        }
    }

    /// <summary>How a node looks, or the balancer, which runs or is down.</summary>
    internal async Task<NodeState> StateOfAsync(string part, CancellationToken cancellationToken)
    {
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
    internal Task FreezeAsync(string node, CancellationToken cancellationToken) => _engine.PauseAsync(node, cancellationToken);

    /// <summary>The other ends of the connections that clients have with a node, in whatever words, as long as they differ.</summary>
    internal Task<IReadOnlySet<string>> FindPeersAsync(string node, CancellationToken cancellationToken) => _engine.FindPeersAsync(node, cancellationToken);

    /// <summary>Cuts a node off from the others and returns when they do not see each other.</summary>
    /// <remarks>
    /// Where the engine cannot do that, the node gets another secret than the others have: it can then neither call them nor be called by them, until it
    /// starts anew.
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
