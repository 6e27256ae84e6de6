using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>A fault for plans that are never run.</summary>
internal sealed class NamedFault(string name, FaultTarget target = FaultTarget.Node) : IFault
{
    public string Name => name;

    public FaultTarget Target => target;

    public bool StopsEverybody => false;

    public bool ChecksEffect => true;

    public bool TakesMessages => false;

    public bool IsOverWhenEffective => false;

    public bool StaysBroken => false;

    public bool LimitsItself => false;

    public Task InjectAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task HealAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();
}
