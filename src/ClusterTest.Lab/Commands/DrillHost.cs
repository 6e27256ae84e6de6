using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Views;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary>Runs a drill for somebody at a terminal, or for a pipeline.</summary>
internal sealed class DrillHost(IAnsiConsole console, IProgress<string> lines, TimeProvider time)
{
    // A healthy node may be slow for a moment, and the balancer takes it for down then.
    private static readonly TimeSpan ResponsePatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs it on the lab that is up, or on one that is started and taken down again.</summary>
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

    /// <summary>Runs it on a cluster that exists anyway.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(IDrillTarget target, DrillOptions options, CancellationToken cancellationToken)
    {
        // Where the picture is drawn over and over, lines would tear it.
        var isLive = console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;
        var progress = new DrillProgress(time, isLive ? static _ => { } : lines.Report);
        var drill = new Drill(target, options, progress, time);
        var files = await (isLive ? RunLiveAsync(drill, progress, cancellationToken) : drill.RunAsync(cancellationToken));
        try
        {
            DrillView.Write(console, files);
        }
        catch (IOException)
        {
            // The terminal is gone. The report says the same.
        }

        return files.ExitCode;
    }

    private async Task<bool> IsWholeAsync(LabCluster cluster, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var status = await cluster.GetStatusAsync(cancellationToken);
            var mayBeSlow = status.Nodes.All(static node => node.State is NodeState.Running or NodeState.NotResponding);
            var isWhole = status.IsHealthy || status.Strays is not []; // a node that strayed has a message of its own
            if (isWhole || !mayBeSlow || time.GetElapsedTime(began) > ResponsePatience)
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
