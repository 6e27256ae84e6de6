using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary><c>demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command("demo", "Run a short drill: stop the node that the consumer is on, then kill the next one.");
        var syntax = new DrillSyntax();
        command.Options.Add(options.Topology);
        syntax.AddToDemo(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) => scope.DrillAsync(syntax.BindDemo(parsed), cancellationToken)));
        return command;
    }
}
