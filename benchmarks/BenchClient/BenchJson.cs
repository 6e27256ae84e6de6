using System.Text.Json.Serialization;
using BenchClient.Freezing;
using BenchClient.Storming;

namespace BenchClient;

/// <summary>How the lines are written and read, without reflection, so that the program may be native.</summary>
[JsonSerializable(typeof(Figures))]
[JsonSerializable(typeof(ConfirmSeries))]
[JsonSerializable(typeof(StormState))]
internal sealed partial class BenchJson : JsonSerializerContext;
