using System.Text.Json;

namespace ClusterTest.Lab.Brokers;

/// <summary>A Shovel as its cluster sees it, from <c>rabbitmqctl shovel_status --formatter json</c>.</summary>
/// <param name="Queue">The name of the Shovel, and of its queue.</param>
/// <param name="Node">The short name of the node that the Shovel runs on; null while it runs on none.</param>
/// <param name="State">RabbitMQ's word: <c>running</c>, <c>starting</c> or <c>terminated</c>.</param>
/// <param name="Reason">Why the Shovel does not run, as RabbitMQ says it; null if it does not say.</param>
internal sealed record ShovelReport(string Queue, string? Node, string State, string? Reason)
{
    internal static readonly string[] Command = ["shovel_status", "--quiet", "--formatter", "json"];

    internal static IReadOnlyList<ShovelReport> Parse(string json)
    {
        using var document = JsonDocument.Parse(json.Trim() is { Length: > 0 } said ? said : "[]");
        return [.. document.RootElement.EnumerateArray().Select(static shovel => new ShovelReport(
            TextIn(shovel, "name")!,
            TextIn(shovel, "node") is { } node ? ErlangNode.ShortNameOf(node) : null,
            TextIn(shovel, "state") ?? "unknown",
            TextIn(shovel, "termination_reason")))];
    }

    private static string? TextIn(JsonElement shovel, string property) =>
        shovel.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
