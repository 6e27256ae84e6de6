using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Commands;

/// <summary><c>down</c>.</summary>
internal static class DownCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("down", "Stop everything that belongs to the lab, and remove its data. Keep its logs.");
        command.SetAction(CommandRunner.For(options, static (_, scope, cancellationToken) => RunAsync(scope, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(CommandScope scope, CancellationToken cancellationToken)
    {
        var (found, unseen) = await scope.Labs.FindAllAsync(cancellationToken);
        var ended = new List<string>();
        foreach (var cluster in found)
        {
            var isDrilled = DrillLock.IsTaken(cluster.StateDirectory);
            ended.AddRange(await cluster.DownAsync(cancellationToken) is 0 ? [] : [cluster.LogDirectory]);
            if (isDrilled)
            {
                scope.Lines.Report($"A drill was running on the lab in {cluster.StateDirectory}; its result proves nothing now.");
            }
        }

        scope.Lines.Report(ended is [] ? "Nothing was running." : $"Down. Nothing is left running; the logs are in {string.Join(" and ", ended)}");
        if (unseen is not null)
        {
            scope.Lines.Report(unseen);
        }

        foreach (var directory in found.Select(static cluster => cluster.StateDirectory).Distinct())
        {
            if (LabFolder.Strangers(directory) is { Count: > 0 } strangers)
            {
                scope.Lines.Report($"Not removed from {directory}, because the lab did not make it: {string.Join(", ", strangers)}");
            }
        }

        return ExitCode.Success;
    }
}
