using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Topologies;
using ClusterTest.Lab.Views;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary><c>status</c>.</summary>
internal static class StatusCommand
{
    internal static Command Create(LabOptions options)
    {
        var output = OptionParsing.Choice(
            "--output",
            "Write a table (text), or a JSON object (json). [default: text]",
            new Dictionary<string, OutputFormat> { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json });
        var command = new Command("status", "Show every node: its state, what the load balancer sees of it, and the number of client sessions on it.")
        {
            output,
        };
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) =>
            RunAsync(scope, parsed.GetValue(output) ?? OutputFormat.Text, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(CommandScope scope, OutputFormat output, CancellationToken cancellationToken)
    {
        var cluster = await scope.Labs.FindAsync(cancellationToken);
        var status = await cluster.GetStatusAsync(cancellationToken);
        string? unseen = null;
        if (status.IsUp && cluster.Topology.Shovels is not [])
        {
            try
            {
                var shovels = await cluster.LookAtShovelsAsync(cancellationToken);
                status = status with { Shovels = cluster.Topology.HasLink ? [.. shovels.Select(shovel => shovel.Over(cluster.ReadLink()))] : shovels };
            }
            catch (LabException failure)
            {
                unseen = failure.Message;
            }
        }

        if (output is OutputFormat.Json)
        {
            Console.WriteLine(StatusView.ToJson(status));
        }
        else if (!status.IsUp)
        {
            Console.WriteLine("The lab is not up. Start it with ./lab up.");
        }
        else
        {
            var console = LabConsole.Open();
            console.Write(StatusView.ToTable(status));
            foreach (var part in StatusView.ToShovels(status.Shovels ?? []))
            {
                console.Write(part);
            }

            if (cluster.Topology.Name != TopologyList.Default.Name)
            {
                console.WriteLine($"Topology {cluster.Topology.Name}: {cluster.Topology.Help}.");
            }

            console.WriteLine(cluster.Topology.HasBalancer
                ? $"{StatusView.AccessTo(cluster)}; the balancer's page is {cluster.Statistics}"
                : $"{StatusView.AccessTo(cluster)}.");
            foreach (var line in status.Manager is { } manager ? StatusView.ToLines(manager) : [])
            {
                console.WriteLine(line);
            }

            if (cluster.ReadLink() is { } link)
            {
                console.WriteLine(StatusView.InWords(link));
            }
            else if (cluster.Topology.HasLink)
            {
                console.WriteLine("The link is down. ./lab heal starts it again.");
            }

            foreach (var warning in new[] { unseen, status.BothActiveInWords }.OfType<string>())
            {
                console.WriteLine(warning);
            }

            if (status.StraysInWords is { Length: > 0 } strays)
            {
                console.WriteLine(strays);
            }
        }

        return ExitCode.Success;
    }
}
