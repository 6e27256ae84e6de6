using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClusterTest.Events;

/// <summary>
/// Writes and reads event lines, without reflection. Each line is an object with names in snake_case. Durations are milliseconds with at most three decimals,
/// in properties that end in <c>_ms</c>. Times are in UTC, as ISO 8601 with microseconds.
/// </summary>
public static class EventJson
{
    private static readonly JsonTypeInfo<ResultEvent> Type = (JsonTypeInfo<ResultEvent>)new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new MillisecondsConverter(decimals: 3), new TimestampConverter() },
        TypeInfoResolver = EventJsonContext.Default.WithAddedModifier(JsonUnits.Append),
    }.GetTypeInfo(typeof(ResultEvent));

    /// <summary>Writes an event as a line, without the line feed.</summary>
    public static string Write(ResultEvent written) => JsonSerializer.Serialize(written, Type);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">The line is no event.</exception>
    /// <exception cref="NotSupportedException">The line is an object that does not say which event it is.</exception>
    public static ResultEvent Read(string line) => JsonSerializer.Deserialize(line, Type) ?? throw new JsonException("The event is null.");
}

/// <summary>The generated metadata of the event types.</summary>
[JsonSerializable(typeof(ResultEvent))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
