using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Tests.Examples;

/// <summary><c>rabbitmqctl suspend_listeners</c>: the node keeps the clients that it has, and takes no others. The balancer sees it down.</summary>
public sealed class SuspendListeners() : Fault(
    "suspend-listeners",
    help: "Let the node take no more clients (rabbitmqctl suspend_listeners); those that it has stay, until the balancer cuts them off.",
    expectation: "nothing listens where its clients connect",
    aftermath: "it takes no more clients. ./lab heal starts it anew.")
{
    /// <summary>From outside the node looks like one whose broker was stopped, which start_app would not mend: ./lab heal has to start it anew.</summary>
    protected internal override bool StaysMarked(LabCluster lab) => true;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.CtlAsync(["suspend_listeners"], cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => !await scene.IsListeningAsync(cancellationToken);

    /// <summary>A drill need not start the node anew. If the node is too broken to be asked, that is what mends it.</summary>
    protected override async Task<bool> UndoAsync(FaultScene scene, CancellationToken cancellationToken) =>
        (await scene.Lab.CtlAsync(scene.Target, ["resume_listeners"], cancellationToken)).ExitCode is 0;
}
