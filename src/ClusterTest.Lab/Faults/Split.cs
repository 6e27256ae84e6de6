namespace ClusterTest.Lab.Faults;

/// <summary>
/// The hosts do not see each other, and both still see the clients and the power switch: each of them takes the other for dead, and fences it. The one with the
/// broker must win.
/// </summary>
public sealed class Split() : ManagerFault(
    "split",
    help: "Cut the hosts off from each other, and not from clients and power switch: each takes the other for dead, and the one with the broker must win.",
    expectation: "one host has been fenced",
    aftermath: "its hosts do not see each other, and one has fenced the other. ./lab heal joins them again.")
{
    /// <inheritdoc/>
    protected override async Task<string?> FindRefusalAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.FindDownHostAsync(cancellationToken) is { } down ? $"{down} is down: there is nobody to be cut off from. Run ./lab heal first." : null;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.CutHostsApartAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.FindDownHostAsync(cancellationToken) is not null;

    /// <inheritdoc/>
    protected override async Task<bool> UndoAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.Lab.JoinHostsAsync(progress: null, cancellationToken);
        return true;
    }
}
