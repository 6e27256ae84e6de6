using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>A fault that is planned, and never injected.</summary>
internal sealed class NamedFault(string name, bool concernsNode = true) : IFault
{
    public string Name => name;

    public bool ConcernsNode => concernsNode;

    public Task InjectAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task HealAsync(string? node, CancellationToken cancellationToken) => throw new NotSupportedException();
}
