using System.CommandLine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary><c>ctl NODE ARGS…</c>.</summary>
internal static class CtlCommand
{
    internal static Command Create(LabOptions options)
    {
        var node = new Argument<string>("NODE") { Description = "The node." }.AcceptOnlyFromAmong([.. TopologyList.BrokerNames]);
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Arguments of rabbitmqctl, passed on as they are.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("ctl", "Run rabbitmqctl on a node, as in: ctl rabbit1 stop_app") { node, arguments };
        command.SetAction(CommandRunner.For(options, async (parsed, scope, cancellationToken) =>
        {
            var cluster = await scope.Labs.FindAsync(cancellationToken);
            return await cluster.RunCtlAsync(parsed.GetRequiredValue(node), parsed.GetRequiredValue(arguments), cancellationToken);
        }));
        return command;
    }
}
