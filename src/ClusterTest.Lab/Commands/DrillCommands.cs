using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary>The commands that break a cluster on purpose and judge what became of the messages.</summary>
internal static class DrillCommands
{
    /// <summary><c>drill</c>.</summary>
    internal static Command Drill(LabOptions options)
    {
        var command = new Command("drill", "Break every node in every way, one after the other, while messages flow; account for every message. Exit 3: messages were lost. Exit 2: it proves nothing.");
        var (syntax, foreign) = (new DrillSyntax(), new ForeignSyntax());
        syntax.AddToDrill(command);
        foreign.AddTo(command);
        command.SetAction(CommandRunner.For(options, (parsed, lab, cancellationToken) => foreign.Bind(parsed) is { } cluster
            ? lab.DrillAsync(cluster, syntax.BindForeign(parsed, cluster), foreign.ShowsPassword(parsed), cancellationToken)
            : lab.DrillAsync(syntax.BindDrill(parsed) with { Nodes = foreign.NodesIn(parsed) }, cancellationToken)));
        return command;
    }

    /// <summary><c>soak</c>.</summary>
    internal static Command Soak(LabOptions options)
    {
        var command = new Command("soak", "Break nodes at random, also several things at a time, while messages flow; account for every message. Exit codes as for drill.");
        var syntax = new DrillSyntax();
        syntax.AddToSoak(command);
        command.SetAction(CommandRunner.For(options, (parsed, lab, cancellationToken) => lab.DrillAsync(syntax.BindSoak(parsed), cancellationToken)));
        return command;
    }

    /// <summary><c>demo</c>.</summary>
    internal static Command Demo(LabOptions options)
    {
        var command = new Command("demo", "A short drill: the node that the consumer is on is stopped, and then killed.");
        var syntax = new DrillSyntax();
        syntax.AddToDemo(command);
        command.SetAction(CommandRunner.For(options, (parsed, lab, cancellationToken) => lab.DrillAsync(syntax.BindDemo(parsed), cancellationToken)));
        return command;
    }
}
