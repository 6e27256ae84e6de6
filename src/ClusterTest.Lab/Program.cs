using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Commands;

// After a Ctrl-C a drill heals the cluster, waits until the cluster is whole, and cleans up. A drill that only watched also empties the queue and judges.
var terminationTimeout = TimeSpan.FromMinutes(30);
var options = new LabOptions();
var root = new RootCommand("Starts RabbitMQ behind HAProxy on this machine, a cluster of three nodes or another topology, breaks it on purpose, and heals it.")
{
    UpCommand.Create(options),
    StatusCommand.Create(options),
    CtlCommand.Create(options),
    FaultCommand.Create(options),
    HealCommand.Create(options),
    DownCommand.Create(options),
    DrillCommand.Create(options),
    SoakCommand.Create(options),
    DemoCommand.Create(options),
    CompareCommand.Create(options),
    VerdictCommand.Create(options),
    ReportCommand.Create(options),
    LinkCommand.Create(options),
};
options.AddTo(root);
return await CommandLine.RunAsync(root, args is [] ? ["--help"] : CtlArguments.Protect(args), terminationTimeout, typed: "./lab");
