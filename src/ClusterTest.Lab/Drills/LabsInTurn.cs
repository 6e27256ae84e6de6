using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Drills;

/// <summary>Gives each variant of a comparison a lab of its own: starts the lab, and takes it down afterwards.</summary>
/// <param name="labFor">Makes the lab of a variant. It is not up.</param>
/// <param name="faults">The names of the faults, which the lab has to be able to suffer.</param>
/// <param name="progress">Is told of each step.</param>
/// <param name="time">The clock.</param>
internal sealed class LabsInTurn(Func<Variant, LabCluster> labFor, IReadOnlyList<string> faults, DrillProgress progress, TimeProvider time) : IProgress<string>
{
    /// <summary>Runs a variant on its lab.</summary>
    internal async Task RunAsync(Variant variant, Func<IDrillTarget, Task> run, CancellationToken cancellationToken)
    {
        var lab = labFor(variant);
        _ = FaultList.Choose(faults, lab.Topology);
        progress.Enter($"Starting {lab.Topology.Name}");
        if (await lab.UpAsync(this, cancellationToken) is UpOutcome.AlreadyUp)
        {
            throw new LabException($"Something started the lab in {lab.StateDirectory} meanwhile. A comparison starts each topology itself.");
        }

        try
        {
            await run(new LabTarget(lab, time));
        }
        finally
        {
            progress.Enter($"Taking {lab.Topology.Name} down");
            _ = await lab.DownAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    void IProgress<string>.Report(string value) => progress.Enter(value.Trim());
}
