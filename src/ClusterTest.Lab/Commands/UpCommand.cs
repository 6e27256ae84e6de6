using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Views;

namespace ClusterTest.Lab.Commands;

/// <summary><c>up</c>.</summary>
internal static class UpCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("up", "Start the lab. Do nothing if it is up.") { options.Secure };
        options.AddStartTo(command);
        command.SetAction(CommandRunner.For(options, static (_, scope, cancellationToken) => RunAsync(scope, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(CommandScope scope, CancellationToken cancellationToken)
    {
        var started = scope.Time.GetTimestamp();
        var cluster = await scope.Labs.ChooseAsync(scope.Lines, cancellationToken);
        if (await cluster.UpAsync(scope.Lines, cancellationToken) is UpOutcome.AlreadyUp)
        {
            var status = await cluster.GetStatusAsync(cancellationToken);
            scope.Lines.Report(status.IsHealthy
                ? $"The lab is up already. {StatusView.AccessTo(cluster)}."
                : status.Strays is not [] ? $"The lab is up already, but not one cluster. {status.StraysInWords} Start it anew with ./lab down and ./lab up."
                : $"The lab is up already, but not whole: {Broken(status)}. ./lab heal repairs it.");
            return ExitCode.Success;
        }

        scope.Lines.Report(
            $"Up after {scope.Time.GetElapsedTime(started).TotalSeconds:0.0} s. {StatusView.AccessTo(cluster)}. "
            + "./lab status shows the lab; ./lab down ends it.");
        return ExitCode.Success;
    }

    private static string Broken(ClusterStatus status) => status.Manager is { IsWhole: false } manager
        ? string.Join(' ', manager.Problems).TrimEnd('.')
        : string.Join(", ", status.Nodes.Where(static node => !node.IsHealthy).Select(static node => $"{node.Name} {node.State.ToWords()}"));
}
