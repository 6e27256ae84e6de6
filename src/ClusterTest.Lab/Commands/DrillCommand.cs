using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Commands;

/// <summary><c>drill</c>: on the lab, or on the user's own cluster.</summary>
internal static class DrillCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command(
            "drill",
            "Break every node in turn while messages flow, by every fault of --faults, and account for every message. "
            + "Exit code 3: messages were lost. Exit code 2: the drill proves nothing. Exit code 1: the command line is wrong.");
        var (syntax, foreign) = (new DrillSyntax(), new ForeignSyntax());
        options.AddStartTo(command);
        syntax.AddToDrill(command);
        foreign.AddTo(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) => foreign.Bind(parsed) is { } cluster
            ? RunAsync(scope, cluster, syntax.BindForeign(parsed, cluster), foreign.ShowsPassword(parsed), cancellationToken)
            : scope.DrillAsync(syntax.BindDrill(parsed) with { Nodes = foreign.NodesIn(parsed) }, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandScope scope, ForeignCluster foreign, DrillOptions drill, bool showsPassword, CancellationToken cancellationToken)
    {
        if (showsPassword)
        {
            await CommandLine.ComplainAsync(
                "Everyone on this machine can read the password in --uri in the list of processes; "
                + $"use --password-file, or the variable {ConnectionOptions.UriVariable}.");
        }

        var unhealed = UnhealedFaults.Of(foreign.Uri, scope.Time);
        using var held = DrillLock.Take(unhealed.LockFile, $"{foreign.Uri.Endpoint}", "two drills at a time would heal each other's faults");
        var target = new ForeignTarget(foreign, drill.FaultTimeout, unhealed, scope.Time);
        await target.RecallAsync(scope.Lines, cancellationToken);
        return await scope.Host.RunAsync(target, drill, cancellationToken);
    }
}
