using System.Text.Json;

namespace ClusterTest.Lab.Brokers;

/// <summary>What a node says about its cluster: <c>rabbitmqctl cluster_status --formatter json</c>.</summary>
/// <param name="Running">The nodes that run in its cluster, by their short names.</param>
/// <param name="IsPartitioned">Whether nodes lost sight of each other and have not been restarted since.</param>
internal sealed record Membership(IReadOnlyList<string> Running, bool IsPartitioned)
{
    internal static readonly string[] Command = ["cluster_status", "--quiet", "--formatter", "json"];

    /// <summary>Whether these nodes are in it, and the nodes in it see each other.</summary>
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
