using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>Reads and writes test messages without reflection. Both properties are required; unknown properties are ignored.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TestMessage))]
internal sealed partial class TestMessageJson : JsonSerializerContext;
