using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>Reads and writes test messages without reflection. Both properties must be there; others are skipped.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TestMessage))]
internal sealed partial class TestMessageJson : JsonSerializerContext;
