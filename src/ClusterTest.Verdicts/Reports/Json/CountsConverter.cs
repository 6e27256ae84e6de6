using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTest.Verdicts.Reports.Json;

/// <summary>Writes the numbers of a timeline on one line: thousands of lines with one number each would hide the rest of an indented file.</summary>
internal sealed class CountsConverter : JsonConverter<IReadOnlyList<int>>
{
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            throw new JsonException("Counts are no array.");
        }

        var counts = new List<int>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            counts.Add(reader.GetInt32());
        }

        return counts;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options) =>
        writer.WriteRawValue($"[{string.Join(',', value)}]");
}
