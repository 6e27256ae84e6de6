using System.CommandLine;
using ClusterTest.Cli;

namespace ClusterTest.Lab.Commands;

/// <summary><c>heal</c>.</summary>
internal static class HealCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("heal", "Undo all faults, and wait until the cluster is whole again.");
        command.SetAction(CommandRunner.For(
            options,
            static (_, scope, cancellationToken) => RunAsync(scope, cancellationToken),
            "What is healed stays healed, and another ./lab heal does the rest."));
        return command;
    }

    private static async Task<int> RunAsync(CommandScope scope, CancellationToken cancellationToken)
    {
        var started = scope.Time.GetTimestamp();
        var cluster = await scope.Labs.FindAsync(cancellationToken);
        await cluster.HealAsync(scope.Lines, cancellationToken);
        var whole = cluster.Topology.IsManaged
            ? $"every host is a member, and the broker serves at {cluster.Balancer}"
            : cluster.Topology.Groups is [{ Count: > 1 }]
            ? "all nodes run in one cluster and the balancer sees them as up"
            : "every node runs and the balancer sees it as up";
        scope.Lines.Report($"Whole: {whole} ({scope.Time.GetElapsedTime(started).TotalSeconds:0.0} s).");
        foreach (var problem in (await cluster.LookAtShovelsAsync(cancellationToken)).Select(static shovel => shovel.Problem).OfType<string>().Distinct())
        {
            scope.Lines.Report(problem); // what no command can undo without losing messages, such as a queue that has the wrong type
        }

        return ExitCode.Success;
    }
}
