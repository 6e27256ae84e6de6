using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClusterTest.Events;

/// <summary>
/// Writes and reads event lines, without reflection: an object a line, names in snake_case, durations as milliseconds with at most three decimals in
/// properties that end in <c>_ms</c>, times in UTC as ISO 8601 with microseconds.
/// </summary>
public static class EventJson
{
    private static readonly JsonTypeInfo<ResultEvent> Type = (JsonTypeInfo<ResultEvent>)new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new MillisecondsConverter(decimals: 3), new TimestampConverter() },
        TypeInfoResolver = EventJsonContext.Default.WithAddedModifier(JsonUnits.Append),
    }.GetTypeInfo(typeof(ResultEvent));

    /// <summary>Writes an event as a line, without its end.</summary>
    public static string Write(ResultEvent written) => JsonSerializer.Serialize(written, Type);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no event.</exception>
    /// <exception cref="NotSupportedException">It is an object that does not say which event it is.</exception>
    public static ResultEvent Read(string line) => JsonSerializer.Deserialize(line, Type) ?? throw new JsonException("The event is null.");
}

/// <summary>Knows the types of events without reflection.</summary>
[JsonSerializable(typeof(ResultEvent))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
