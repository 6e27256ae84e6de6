using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary><c>soak</c>.</summary>
internal static class SoakCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command(
            "soak",
            "Break nodes at random, also several at a time, while messages flow, and account for every message. Exit codes as for drill.");
        var syntax = new DrillSyntax();
        options.AddStartTo(command);
        syntax.AddToSoak(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) => scope.DrillAsync(syntax.BindSoak(parsed), cancellationToken)));
        return command;
    }
}
