using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Commands;

/// <summary><c>fault NAME [TARGET]</c>: one command for every fault in the list.</summary>
internal static class FaultCommand
{
    private const string HowFarItGot = "What the fault has done until now stays; ./lab heal makes the lab whole again.";

    internal static Command Create(LabOptions options)
    {
        var command = new Command("fault", "Break a node, a queue, the load balancer, the link between two sites or the cluster manager.");
        foreach (var fault in FaultList.All)
        {
            command.Add(Create(options, fault));
        }

        return command;
    }

    private static Command Create(LabOptions options, Fault fault)
    {
        var target = fault.Target switch
        {
            FaultTarget.Node => NodeArgument.Create(),
            FaultTarget.Queue => new Argument<string>("QUEUE") { Description = "The queue, in the virtual host /." },
            _ => null,
        };
        var command = new Command(fault.Name, fault.Help);
        if (target is not null)
        {
            command.Add(target);
        }

        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) =>
            RunAsync(scope, fault, target is null ? RoleOf(fault) : parsed.GetRequiredValue(target), cancellationToken), HowFarItGot));
        return command;
    }

    private static string RoleOf(Fault fault) => fault.Target switch
    {
        FaultTarget.Link => LabCluster.LinkRole,
        FaultTarget.Manager => LabCluster.ManagerRole,
        _ => LabCluster.BalancerRole,
    };

    private static async Task<int> RunAsync(CommandScope scope, Fault fault, string target, CancellationToken cancellationToken)
    {
        var lab = fault.Target is FaultTarget.Node
            ? await NodeArgument.FindLabAsync(scope, target, cancellationToken)
            : await scope.Labs.FindAsync(cancellationToken);
        await fault.InjectAsync(lab, target, cancellationToken);
        scope.Lines.Report($"{target}: {fault.Aftermath}");
        return ExitCode.Success;
    }
}
