using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Tests.Examples;

/// <summary><c>rabbitmqctl suspend_listeners</c>: the node keeps its clients, and takes no new ones. The balancer sees the node as down.</summary>
public sealed class SuspendListeners() : Fault(
    "suspend-listeners",
    help: "Let the node take no more clients (rabbitmqctl suspend_listeners); those that it has stay, until the balancer cuts them off.",
    expectation: "nothing listens where its clients connect",
    aftermath: "it takes no more clients. ./lab heal starts it anew.")
{
    /// <summary>From outside, the node looks as after stop_app, but start_app would not help: ./lab heal has to start the node anew.</summary>
    protected internal override bool StaysMarked(LabCluster lab) => true;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.CtlAsync(["suspend_listeners"], cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        !await scene.IsListeningAsync(cancellationToken);

    /// <summary>A drill need not start the node anew. It does so only if the node is too broken to run the command.</summary>
    protected override async Task<bool> UndoAsync(FaultScene scene, CancellationToken cancellationToken) =>
        (await scene.Lab.CtlAsync(scene.Target, ["resume_listeners"], cancellationToken)).ExitCode is 0;
}
