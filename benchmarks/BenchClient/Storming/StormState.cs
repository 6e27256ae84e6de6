using System.Text.Json.Serialization;

namespace BenchClient.Storming;

/// <summary>How the sessions of a process are now.</summary>
/// <param name="Open">How many are open.</param>
/// <param name="Lost">How often one was lost; more than the sessions on a node that breaks means that others went down with it.</param>
/// <param name="ChangedAt">When that last changed, as a timestamp of the monotonic clock, which all processes of a machine share.</param>
/// <param name="FirstLostAt">When one was first lost since the last time that the process was asked, by the same clock; null: none was.</param>
/// <param name="BytesEach">By how much the process grew for each session until all were open for the first time.</param>
/// <param name="PeakBytes">The most memory that the process ever used.</param>
internal sealed record StormState(
    [property: JsonPropertyName("open")] int Open,
    [property: JsonPropertyName("lost")] int Lost,
    [property: JsonPropertyName("changed_at")] long ChangedAt,
    [property: JsonPropertyName("first_lost_at")] long? FirstLostAt,
    [property: JsonPropertyName("bytes_each")] double BytesEach,
    [property: JsonPropertyName("peak_bytes")] long PeakBytes);
