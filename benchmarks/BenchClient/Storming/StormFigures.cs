using System.Text.Json.Serialization;

namespace BenchClient.Storming;

/// <summary>What became of the sessions.</summary>
/// <param name="ReadySeconds">From the word that the node breaks until the last session was open again.</param>
/// <param name="Lost">How often a session was lost; more than the sessions on the node means that others went down with it.</param>
/// <param name="BytesEach">Memory for each session while all were open.</param>
/// <param name="PeakBytes">The most memory that the process ever used.</param>
internal sealed record StormFigures(
    [property: JsonPropertyName("ready_seconds")] double ReadySeconds,
    [property: JsonPropertyName("lost")] int Lost,
    [property: JsonPropertyName("bytes_each")] double BytesEach,
    [property: JsonPropertyName("peak_bytes")] long PeakBytes);
