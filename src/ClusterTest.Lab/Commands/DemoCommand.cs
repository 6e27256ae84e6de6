using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary><c>demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("demo", "A short drill: the node that the consumer is on is stopped, and then killed.");
        var syntax = new DrillSyntax();
        syntax.AddToDemo(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) => scope.DrillAsync(syntax.BindDemo(parsed), cancellationToken)));
        return command;
    }
}
