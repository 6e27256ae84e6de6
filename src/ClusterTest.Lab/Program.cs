using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Commands;

// After a Ctrl-C a drill heals the cluster, waits until it is whole, and cleans up; one that watched also empties the queue and judges.
var terminationTimeout = TimeSpan.FromMinutes(30);
var options = new LabOptions();
var root = new RootCommand("A RabbitMQ cluster of three nodes behind HAProxy on this machine, to start, to look at, to break and to heal.");
options.AddTo(root);

var up = new Command("up", "Start the cluster; does nothing if it is up.") { options.Secure };
up.SetAction(CommandRunner.For(options, static (_, lab, cancellationToken) => lab.UpAsync(cancellationToken)));

var output = OptionParsing.Choice(
    "--output", "A table, or a JSON object. [default: text]", new Dictionary<string, OutputFormat> { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json });
var status = new Command("status", "Show every node: its state, the balancer's view of it, the client sessions on it.") { output };
status.SetAction(CommandRunner.For(options, (parsed, lab, cancellationToken) => lab.StatusAsync(parsed.GetValue(output) ?? OutputFormat.Text, cancellationToken)));

var down = new Command("down", "End everything that belongs to the cluster and remove its data. Logs stay.");
down.SetAction(CommandRunner.For(options, static (_, lab, cancellationToken) => lab.DownAsync(cancellationToken)));

var node = new Argument<string>("NODE") { Description = "The node." }.AcceptOnlyFromAmong([.. LabCluster.NodeNames]);
var arguments = new Argument<string[]>("ARGS") { Description = "Arguments of rabbitmqctl, passed on as they are.", Arity = ArgumentArity.OneOrMore };
var ctl = new Command("ctl", "Run rabbitmqctl on a node, as in: ctl rabbit1 stop_app") { node, arguments };
ctl.SetAction(CommandRunner.For(
    options, (parsed, lab, cancellationToken) => lab.CtlAsync(parsed.GetRequiredValue(node), parsed.GetRequiredValue(arguments), cancellationToken)));

var heal = new Command("heal", "Undo all faults, and wait until the cluster is whole again.");
heal.SetAction(CommandRunner.For(options, static (_, lab, cancellationToken) => lab.HealAsync(cancellationToken)));

root.Add(up);
root.Add(status);
root.Add(ctl);
root.Add(FaultCommand.Create(options));
root.Add(heal);
root.Add(down);
root.Add(DrillCommands.Drill(options));
root.Add(DrillCommands.Soak(options));
root.Add(DrillCommands.Demo(options));
root.Add(VerdictCommand.Create(options));
root.Add(ReportCommand.Create(options));
return await CommandLine.RunAsync(root, args is [] ? ["--help"] : CtlArguments.Protect(args), terminationTimeout);
