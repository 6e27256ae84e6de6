using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClusterTest.Lab.Views;

/// <summary>Shows the state of a lab.</summary>
internal static class StatusView
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    internal static string ToJson(ClusterStatus status) => JsonSerializer.Serialize(status, Json);

    internal static Table ToTable(ClusterStatus status)
    {
        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumns("Node", "Address", "Broker", "State");
        if (status.Manager is null)
        {
            _ = table.AddColumns("Balancer sees", "Client sessions");
            table.Columns[^1].RightAligned();
        }

        foreach (var node in status.Nodes)
        {
            string[] own =
            [
                node.Name,
                node.Address?.ToString() ?? "-",
                node.Version ?? "-",
                status.Strays.Contains(node)
                    ? Colored("in another cluster", good: false)
                    : Colored(node.State.ToWords(), node.State is NodeState.Running or NodeState.Standby),
            ];
            string[] balanced =
            [
                node.Balancer is null ? "-" : $"{Colored(node.Balancer.Status, node.Balancer.IsUp)} ({node.Balancer.LastCheck})",
                node.Balancer?.Sessions.ToString(CultureInfo.InvariantCulture) ?? "-",
            ];
            _ = table.AddRow(status.Manager is null ? [.. own, .. balanced] : own);
        }

        return table;
    }

    /// <summary>The lab's Shovels, and after them a line for each problem.</summary>
    internal static IEnumerable<IRenderable> ToShovels(IReadOnlyList<ShovelStatus> shovels)
    {
        if (shovels is [])
        {
            yield break;
        }

        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumns("Shovel", "From", "To", "Runs on", "State", "Backlog");
        table.Columns[^1].RightAligned();
        foreach (var shovel in shovels)
        {
            _ = table.AddRow(
                Markup.Escape(shovel.Queue),
                shovel.Source,
                shovel.Destination,
                shovel.Node ?? "-",
                Colored(shovel.State, shovel.State is "running"),
                shovel.Backlog?.ToString("N0", CultureInfo.InvariantCulture) ?? "-");
        }

        yield return table;
        foreach (var problem in shovels.Select(static shovel => shovel.Problem).OfType<string>().Distinct())
        {
            yield return new Text(problem + "\n");
        }
    }

    /// <summary>What the cluster manager does, as a sentence, and after it one for each problem.</summary>
    internal static IEnumerable<string> ToLines(ManagerStatus manager) =>
    [
        manager.Version is null
            ? "Pacemaker does not answer."
            : $"Pacemaker {manager.Version}: the broker is on {manager.Broker ?? "no host"}, the virtual address on {manager.Address ?? "no host"}.",
        .. manager.Problems,
    ];

    /// <summary>A link: its condition, and how many connections it has.</summary>
    internal static string InWords(LinkState link) => $"The link is {link.Setting.Word}: {link.Setting.Meaning}. It has "
        + link.Connections switch { 0 => "no connection.", 1 => "1 connection.", var many => $"{many} connections." };

    /// <summary>How clients connect to a lab: a sentence without a full stop.</summary>
    internal static string AccessTo(LabCluster cluster) => cluster.Topology.ProducerEntrance != cluster.Topology.ConsumerEntrance
        ? $"Producers connect to {cluster.EntranceOf(cluster.Topology.ProducerEntrance)}, consumers to {cluster.EntranceOf(cluster.Topology.ConsumerEntrance)}"
        : cluster.Secrets is { } secrets
        ? $"Clients connect to amqps://{LabSecrets.UserName}@{cluster.Balancer} with the certificate and the password in {secrets.Directory}"
        : $"Clients connect to {cluster.Balancer}";

    private static string Colored(string text, bool good) => $"[{(good ? "green" : "red")}]{Markup.Escape(text)}[/]";
}
