using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>Durations as numbers of milliseconds. Fractions of a tick (100 ns) are rounded.</summary>
/// <param name="decimals">The largest number of decimals to write; null: all decimals of the duration.</param>
public sealed class MillisecondsConverter(int? decimals = null) : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromTicks((long)Math.Round(reader.GetDouble() * TimeSpan.TicksPerMillisecond));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(decimals is { } most ? Math.Round(value.TotalMilliseconds, most) : value.TotalMilliseconds);
    }
}
