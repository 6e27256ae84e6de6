using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Drills;

/// <summary>Lets the faults of a soak overlap, but not collide: if healing takes longer than planned, the next fault waits.</summary>
/// <param name="most">How many nodes may be broken at the same time.</param>
/// <param name="targetOf">What a fault is done to.</param>
internal sealed class SoakPlaces(int most, Func<PlannedFault, FaultTarget> targetOf) : IDisposable
{
    private readonly SemaphoreSlim _nodes = new(most, most);
    private readonly SemaphoreSlim _balancer = new(1, 1);
    private readonly Dictionary<string, SemaphoreSlim> _subjects = [];

    /// <summary>Waits until a fault may begin. Only one caller at a time may wait.</summary>
    internal async Task TakeAsync(PlannedFault planned, CancellationToken cancellationToken)
    {
        await SubjectOf(planned).WaitAsync(cancellationToken);
        for (var taken = 0; taken < NodesOf(planned); taken++)
        {
            await _nodes.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Heals while no fault of the balancer is done: healing a node waits until the balancer sees the node.</summary>
    internal async Task HealAsync(PlannedFault planned, Func<Task> heal, CancellationToken cancellationToken)
    {
        if (SubjectOf(planned) == _balancer)
        {
            await heal();
            return;
        }

        await _balancer.WaitAsync(cancellationToken);
        try
        {
            await heal();
        }
        finally
        {
            _ = _balancer.Release();
        }
    }

    /// <summary>Notes that a fault is over.</summary>
    internal void Leave(PlannedFault planned)
    {
        _ = SubjectOf(planned).Release();
        if (NodesOf(planned) is > 0 and var nodes)
        {
            _ = _nodes.Release(nodes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Dispose();
        _balancer.Dispose();
        foreach (var subject in _subjects.Values)
        {
            subject.Dispose();
        }
    }

    // A fault of a queue takes the places of all nodes: as in the plan, a queue is deleted only while no node is broken.
    private int NodesOf(PlannedFault planned) => targetOf(planned) is FaultTarget.Queue ? most : planned.Node is null ? 0 : 1;

    private SemaphoreSlim SubjectOf(PlannedFault planned)
    {
        if (targetOf(planned) is FaultTarget.Balancer)
        {
            return _balancer;
        }

        lock (_subjects)
        {
            var subject = planned.Node ?? targetOf(planned) switch
            {
                FaultTarget.Link => Topology.Link,
                FaultTarget.Manager => Topology.Manager,
                _ => planned.Fault,
            };
            return _subjects.TryGetValue(subject, out var known) ? known : _subjects[subject] = new SemaphoreSlim(1, 1);
        }
    }
}
