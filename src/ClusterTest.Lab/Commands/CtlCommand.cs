using System.CommandLine;

namespace ClusterTest.Lab.Commands;

/// <summary><c>ctl NODE ARGS…</c>.</summary>
internal static class CtlCommand
{
    internal static Command Create(LabOptions options)
    {
        var node = NodeArgument.Create();
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Arguments of rabbitmqctl, passed on as they are.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("ctl", "Run rabbitmqctl on a node, as in: ctl rabbit1 stop_app") { node, arguments };
        command.SetAction(CommandRunner.For(options, async (parsed, scope, cancellationToken) =>
        {
            var named = parsed.GetRequiredValue(node);
            var cluster = await NodeArgument.FindLabAsync(scope, named, cancellationToken);
            return await cluster.RunCtlAsync(named, parsed.GetRequiredValue(arguments), cancellationToken);
        }));
        return command;
    }
}
