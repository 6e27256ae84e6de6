using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>Reads and writes event lines without reflection.</summary>
[JsonSerializable(typeof(ResultEvent))]
public sealed partial class EventJson : JsonSerializerContext;
