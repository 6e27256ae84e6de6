using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Views;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary>Runs a drill, and shows it on a terminal or writes its steps as lines.</summary>
internal sealed class DrillHost(IAnsiConsole console, IProgress<string> lines, TimeProvider time)
{
    // A healthy node can be slow for a moment, and the balancer then reports it as down.
    private static readonly TimeSpan SlowResponseLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a drill on a lab. A lab that is not up is started first, and taken down afterwards.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunOnLabAsync(LabCluster cluster, DrillOptions options, CancellationToken cancellationToken)
    {
        var outcome = await cluster.UpAsync(lines, cancellationToken);
        try
        {
            if (outcome is UpOutcome.AlreadyUp && !await IsWholeAsync(cluster, cancellationToken))
            {
                throw new LabException("The lab is up but not whole. Run ./lab heal first.");
            }

            if (outcome is UpOutcome.AlreadyUp)
            {
                await cluster.RequireOneClusterAsync(cancellationToken);
            }

            return await RunAsync(new LabTarget(cluster, time), options, cancellationToken);
        }
        finally
        {
            if (outcome is UpOutcome.Started)
            {
                _ = await cluster.DownAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Runs a drill on a cluster that is up.</summary>
    /// <returns>The exit code.</returns>
    internal Task<int> RunAsync(IDrillTarget target, DrillOptions options, CancellationToken cancellationToken) =>
        RunAsync(_ => (_, run, _) => run(target), options, cancellationToken);

    /// <summary>Runs a drill.</summary>
    /// <param name="placeWith">Gives what provides the cluster of each variant. Its steps are phases of the drill.</param>
    /// <param name="options">The options of the drill.</param>
    /// <param name="cancellationToken">Interrupts the drill.</param>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(Func<DrillProgress, DrillPlace> placeWith, DrillOptions options, CancellationToken cancellationToken)
    {
        // Lines would break the picture that a terminal redraws.
        var isLive = console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;
        var progress = new DrillProgress(time, isLive ? static _ => { } : lines.Report);
        var drill = new Drill(placeWith(progress), options, progress, time);
        var files = await (isLive ? RunLiveAsync(drill, progress, cancellationToken) : drill.RunAsync(cancellationToken));
        try
        {
            DrillView.Write(console, files);
        }
        catch (IOException)
        {
            // The terminal is gone. The report has the same content.
        }

        return files.ExitCode;
    }

    private async Task<bool> IsWholeAsync(LabCluster cluster, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var status = await cluster.GetStatusAsync(cancellationToken);
            var mayBeSlow = status.Nodes.All(static node => node.State is NodeState.Running or NodeState.NotResponding or NodeState.Standby);
            var isWhole = status.IsHealthy || status.Strays is not []; // RequireOneClusterAsync reports a node that strayed
            if (isWhole || !mayBeSlow || time.GetElapsedTime(began) > SlowResponseLimit)
            {
                return isWhole;
            }

            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    private async Task<DrillFiles> RunLiveAsync(Drill drill, DrillProgress progress, CancellationToken cancellationToken)
    {
        await using var display = new Views.LiveDisplay(console, progress, time);
        return await drill.RunAsync(cancellationToken);
    }
}
