using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Json;

/// <summary>
/// Writes and reads <c>report.json</c>. Names and timestamps are as in the event lines (<c>duplicated_redelivered</c>), durations are milliseconds in
/// properties that end in <c>_ms</c>, and the numbers of a timeline are on one line.
/// </summary>
public static class ReportJson
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.Default,
        Converters =
        {
            new JsonStringEnumConverter<Outcome>(JsonNamingPolicy.SnakeCaseLower),
            new MillisecondsConverter(),
            new TimestampConverter(),
            new CountsConverter(),
        },
        TypeInfoResolver = ReportJsonContext.Default.WithAddedModifier(JsonUnits.Append),
    };

    /// <summary>Writes a report.</summary>
    public static string Write(DrillReport report) => JsonSerializer.Serialize(report, Options);

    /// <summary>Writes a verdict as it is in a report.</summary>
    public static string Write(Verdict verdict) => JsonSerializer.Serialize(verdict, Options);

    /// <summary>Writes the verdicts on several drills as an array, and on one as it is in a report.</summary>
    internal static string Write(IReadOnlyList<Verdict> verdicts) =>
        verdicts is [var only] ? Write(only) : $"[{string.Join(", ", verdicts.Select(Write))}]";

    /// <summary>Reads a report. Properties that this version does not know are skipped.</summary>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static DrillReport Read(string json) =>
        JsonSerializer.Deserialize<DrillReport>(json, Options) ?? throw new JsonException("The report is null.");
}
