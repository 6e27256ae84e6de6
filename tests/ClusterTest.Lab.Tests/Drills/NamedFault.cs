using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>A fault that is planned, and never injected.</summary>
internal sealed class NamedFault(string name, bool concernsNode = true) : IFault
{
    public string Name => name;

    public bool ConcernsNode => concernsNode;

    public bool StopsEverybody => false;

    public bool ChecksEffect => true;

    public bool TakesMessages => false;

    public bool StaysBroken => false;

    public bool LimitsItself => false;

    public Task InjectAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task HealAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();
}
