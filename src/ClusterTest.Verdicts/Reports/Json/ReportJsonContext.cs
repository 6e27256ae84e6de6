using System.Text.Json.Serialization;

namespace ClusterTest.Verdicts.Reports.Json;

/// <summary>Knows the types of a report without reflection.</summary>
[JsonSerializable(typeof(DrillReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
