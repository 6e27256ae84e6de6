using System.Text.Json.Serialization;

namespace BenchClient;

/// <summary>What a contender did in the measured time, and in all.</summary>
/// <param name="Messages">Messages in the measured time.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="CpuSeconds">Processor time in it.</param>
/// <param name="AllocatedBytes">Bytes allocated in it; null: the runtime does not say.</param>
/// <param name="Gen2">Collections of the oldest generation in it; null: there is none.</param>
/// <param name="PeakBytes">The most memory that the process ever used.</param>
/// <param name="AllMessages">Messages in all, the time of warming up included.</param>
internal sealed record Figures(
    [property: JsonPropertyName("messages")] long Messages,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("cpu_seconds")] double CpuSeconds,
    [property: JsonPropertyName("allocated_bytes")] long? AllocatedBytes,
    [property: JsonPropertyName("gen2")] int? Gen2,
    [property: JsonPropertyName("peak_bytes")] long PeakBytes,
    [property: JsonPropertyName("all_messages")] long AllMessages);
