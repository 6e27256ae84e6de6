using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>A drill's target without a cluster, whose only fault is scripted.</summary>
internal sealed class ScriptedTarget : IDrillTarget, IFault
{
    public Func<CancellationToken, Task> Inject { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> Heal { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> FindRole { get; set; } = _ => Task.CompletedTask;

    public string? Role { get; set; }

    public IReadOnlyList<string> Nodes => ["rabbit1", "rabbit2", "rabbit3"];

    public string Address => "nowhere";

    public int MostBroken => 1;

    public string Name => "break";

    public FaultTarget Target => FaultTarget.Node;

    public IReadOnlyList<string> ProgramArguments => [];

    public bool StopsEverybody => false;

    public bool ChecksEffect => true;

    public bool TakesMessages => false;

    public bool IsOverWhenEffective { get; set; }

    public bool StaysBroken => false;

    public bool LimitsItself => false;

    public IReadOnlyList<IFault> FaultsFor(string queue) => [this];

    public Task InjectAsync(string? node, CancellationToken cancellationToken) => Inject(cancellationToken);

    public Task HealAsync(string? node, CancellationToken cancellationToken) => Heal(cancellationToken);

    public IReadOnlyDictionary<string, string?> EnvironmentOf(string program) => new Dictionary<string, string?>();

    public Task SetUpAsync(DrillNames names, Variant variant, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken)
    {
        await FindRole(cancellationToken);
        return Role;
    }

    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> FindShovelAsync(DrillNames names, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task HealAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken) => throw new NotSupportedException();
}
