using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary><c>demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("demo", "Run a short drill: stop the node that the consumer is connected to, then kill the node that it moves to.");
        var syntax = new DrillSyntax();
        options.AddStartTo(command);
        syntax.AddToDemo(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) => scope.DrillAsync(syntax.BindDemo(parsed), cancellationToken)));
        return command;
    }
}
