using System.CommandLine;
using System.CommandLine.Completions;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary>The argument that names a node. Which nodes there are depends on the lab that is up.</summary>
internal static class NodeArgument
{
    private const string Name = "NODE";

    internal static Argument<string> Create() => new(Name)
    {
        Description = "The node.",
        HelpName = string.Join('|', TopologyList.BrokerNames),
        CompletionSources = { static _ => TopologyList.BrokerNames.Select(static node => new CompletionItem(node)) },
    };

    /// <summary>The lab to work on.</summary>
    /// <exception cref="UsageException">No topology has a node of this name. The message names the nodes of the lab that is up, if one is.</exception>
    internal static async Task<LabCluster> FindLabAsync(CommandScope scope, string node, CancellationToken cancellationToken)
    {
        var lab = await scope.Labs.FindAsync(cancellationToken);
        if (TopologyList.BrokerNames.Contains(node))
        {
            return lab;
        }

        var nodes = await lab.IsUpAsync(cancellationToken) ? lab.Topology.BrokerNames : TopologyList.BrokerNames;
        throw new UsageException($"{Name}: '{node}' is not one of {string.Join(", ", nodes)}.");
    }
}
