using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Drills;

/// <summary>Runs a drill for somebody at a terminal, or for a pipeline.</summary>
internal sealed class DrillHost(IAnsiConsole console, IProgress<string> lines, TimeProvider time)
{
    /// <summary>Runs it on the lab that is up, or on one that is started and taken down again.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunOnLabAsync(ICluster cluster, DrillOptions options, CancellationToken cancellationToken)
    {
        var outcome = await cluster.UpAsync(lines, cancellationToken);
        try
        {
            if (outcome is UpOutcome.AlreadyUp && await cluster.GetStatusAsync(cancellationToken) is { IsHealthy: false, Strays: [] })
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
        try
        {
            var files = await (isLive ? RunLiveAsync(drill, progress, cancellationToken) : drill.RunAsync(cancellationToken));
            DrillView.Write(console, files);
            return files.Report.Outcome switch
            {
                DrillOutcome.Passed => ExitCode.Success,
                DrillOutcome.Failed => ExitCode.VerdictFailed,
                _ => ExitCode.Fatal,
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && drill.Folder is not null)
        {
            lines.Report($"Interrupted. The programs are ended, their queues removed, and what could be healed is healed. What was recorded until then is in {drill.Folder}: ./lab verdict judges it.");
            throw;
        }
    }

    private async Task<DrillFiles> RunLiveAsync(Drill drill, DrillProgress progress, CancellationToken cancellationToken)
    {
        await using var display = new LiveDisplay(console, progress, time);
        return await drill.RunAsync(cancellationToken);
    }
}
