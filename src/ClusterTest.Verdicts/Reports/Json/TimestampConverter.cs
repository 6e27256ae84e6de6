using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Json;

/// <summary>Times in UTC, as ISO 8601 with microseconds, as in the event lines.</summary>
internal sealed class TimestampConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw new JsonException("A timestamp is no ISO 8601 time.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(ResultEvent.Format(value));
}
