using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault of the link between two sites.</summary>
public abstract class LinkFault : Fault
{
    private readonly LinkSetting _setting;

    private protected LinkFault(string name, string help, string aftermath, LinkSetting setting)
        : base(name, help, $"the link is {setting.Word}: {setting.Meaning}", aftermath) => _setting = setting;

    /// <inheritdoc/>
    public sealed override FaultTarget Target => FaultTarget.Link;

    /// <summary>Nothing arrives at the other site until the link is healed, unless the link is only slow.</summary>
    public sealed override bool StopsEverybody => _setting.Condition is not LinkCondition.Slow;

    /// <inheritdoc/>
    public sealed override string? FindObstacle(Topology topology) => topology.HasLink ? null : "there is no link between two sites";

    /// <inheritdoc/>
    protected sealed override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.SetLinkAsync(_setting, cancellationToken);

    /// <inheritdoc/>
    protected sealed override Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        Task.FromResult(scene.Lab.ReadLink()?.Setting == _setting);

    /// <inheritdoc/>
    protected sealed override Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        Task.FromResult(scene.Lab.ReadLink() is { } link ? $"the link is {link.Setting.Word}" : "the link is down");
}
