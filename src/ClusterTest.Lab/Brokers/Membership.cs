using System.Text.Json;

namespace ClusterTest.Lab.Brokers;

/// <summary>A node's view of its cluster, from <c>rabbitmqctl cluster_status --formatter json</c>.</summary>
/// <param name="Running">The short names of the nodes that run in the cluster.</param>
/// <param name="IsPartitioned">Whether nodes have lost sight of each other, and have not been restarted since.</param>
internal sealed record Membership(IReadOnlyList<string> Running, bool IsPartitioned)
{
    internal static readonly string[] Command = ["cluster_status", "--quiet", "--formatter", "json"];

    /// <summary>Whether these nodes run in the cluster, and all nodes of the cluster see each other.</summary>
    internal bool Includes(IEnumerable<string> nodes) => !IsPartitioned && nodes.All(Running.Contains);

    internal static Membership Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var running = document.RootElement.GetProperty("running_nodes").EnumerateArray().Select(static node => ErlangNode.ShortNameOf(node.GetString()!));
        var partitions = document.RootElement.GetProperty("partitions");
        return new Membership(
            [.. running],
            partitions.ValueKind is JsonValueKind.Object ? partitions.EnumerateObject().Any() : partitions.GetArrayLength() > 0);
    }
}
