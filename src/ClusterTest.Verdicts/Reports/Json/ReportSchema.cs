using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Json;

/// <summary>The JSON Schema of <c>report.json</c>, made from the types that the report is written from.</summary>
internal static class ReportSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    internal static string Write()
    {
        var schema = ReportJson.Options.GetJsonSchemaAsNode(typeof(DrillReport), new JsonSchemaExporterOptions { TransformSchemaNode = Describe }).AsObject();
        var document = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"report.json of cluster-test-lab, version {DrillReport.CurrentVersion}",
            ["description"] = "Durations are milliseconds, in properties that end in _ms; times are UTC. "
                + "Properties may be added to a version: readers skip those that they do not know.",
        };
        foreach (var (name, value) in schema)
        {
            document[name] = value?.DeepClone();
        }

        return document.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var described = TypeOf(context, schema);
        if (context.PropertyInfo is { } property && DefinitionOf(property) is { } definition && described is JsonObject node)
        {
            node["description"] = definition;
        }

        return described;
    }

    private static string? DefinitionOf(JsonPropertyInfo property) => property.DeclaringType switch
    {
        var type when type == typeof(Verdict) => Find(Measures.All, property.Name),
        var type when type == typeof(LatencySummary) => Find(Measures.Confirms, $"confirm_latency.{property.Name}"),
        var type when type == typeof(FaultAccount) => Find(Measures.AllOfFault, property.Name),
        var type when type == typeof(RecoveryTimes) => Find(Measures.OfRecovery, property.Name),
        var type when type == typeof(FailoverTimes) => property.Name is "host" ? Measures.HostOfFailover : Find(Measures.OfFailover, property.Name),
        _ => null,
    };

    private static string? Find<T>(IEnumerable<Measure<T>> measures, string property) =>
        measures.FirstOrDefault(measure => measure.Property == property)?.Definition;

    // The exporter cannot know what this project's converters write.
    private static JsonNode TypeOf(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        return type == typeof(TimeSpan) ? new JsonObject { ["type"] = "number" }
            : type == typeof(TimeSpan?) ? new JsonObject { ["type"] = new JsonArray("number", "null") }
            : type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
            : type == typeof(DateTimeOffset?) ? new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" }
            : type == typeof(IReadOnlyList<int>) ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer" } }
            : schema;
    }
}
