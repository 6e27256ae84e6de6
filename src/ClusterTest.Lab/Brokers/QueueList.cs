using System.Text.Json;

namespace ClusterTest.Lab.Brokers;

/// <summary>A queue of the virtual host <c>/</c>, from <c>rabbitmqctl list_queues --formatter json</c>.</summary>
/// <param name="Name">The name of the queue.</param>
/// <param name="Type"><c>quorum</c>, <c>classic</c> or another type.</param>
/// <param name="Messages">How many messages are in the queue, those included that a client has not acknowledged yet; null if the queue cannot say.</param>
internal sealed record QueueList(string Name, string Type, long? Messages)
{
    internal static readonly string[] Command = ["list_queues", "--quiet", "--formatter", "json", "name", "type", "messages", "durable", "exclusive"];

    internal bool IsDurable { get; init; } = true;

    /// <summary>Whether the queue belongs to one connection, and ends with it.</summary>
    internal bool IsExclusive { get; init; }

    /// <summary>Whether the queue outlives its node and its clients, so that its messages have to be carried when the node is handed over.</summary>
    internal bool IsKept => IsDurable && !IsExclusive;

    internal static IReadOnlyList<QueueList> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(static queue => new QueueList(
            queue.GetProperty("name").GetString()!,
            queue.GetProperty("type").GetString()!,
            queue.GetProperty("messages") is { ValueKind: JsonValueKind.Number } messages ? messages.GetInt64() : null)
        {
            IsDurable = Is(queue, "durable"),
            IsExclusive = Is(queue, "exclusive"),
        })];
    }

    // A quorum queue has an empty string for what it cannot be.
    private static bool Is(JsonElement queue, string property) => queue.GetProperty(property).ValueKind is JsonValueKind.True;
}
