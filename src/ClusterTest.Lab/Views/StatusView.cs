using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using Spectre.Console;

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
        _ = table.AddColumns("Node", "Address", "Broker", "State", "Balancer sees", "Client sessions");
        table.Columns[^1].RightAligned();
        foreach (var node in status.Nodes)
        {
            _ = table.AddRow(
                node.Name,
                node.Address?.ToString() ?? "-",
                node.Version ?? "-",
                status.Strays.Contains(node) ? Colored("in another cluster", good: false) : Colored(node.State.ToWords(), node.State is NodeState.Running),
                node.Balancer is null ? "-" : $"{Colored(node.Balancer.Status, node.Balancer.IsUp)} ({node.Balancer.LastCheck})",
                node.Balancer?.Sessions.ToString(CultureInfo.InvariantCulture) ?? "-");
        }

        return table;
    }

    /// <summary>How clients connect to a lab: a sentence without a full stop.</summary>
    internal static string AccessTo(LabCluster cluster) => !cluster.Topology.EntersByTheBalancer
        ? $"Producers connect to {cluster.Topology.ProducerEntrance}, consumers to {cluster.Topology.ConsumerEntrance}"
        : cluster.Secrets is { } secrets
        ? $"Clients connect to amqps://{LabSecrets.UserName}@{cluster.Balancer} with the certificate and the password in {secrets.Directory}"
        : $"Clients connect to {cluster.Balancer}";

    private static string Colored(string text, bool good) => $"[{(good ? "green" : "red")}]{Markup.Escape(text)}[/]";
}
