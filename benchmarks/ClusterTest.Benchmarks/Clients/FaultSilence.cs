using System.IO.Compression;
using ClusterTest.Events;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>
/// How long the fault of a drill silenced its consumer: the longest silence that begins before the fault is healed. The verdict's outage goes on to the end of
/// the drill; but to start a broker takes all processors of a small machine, which is felt by every client.
/// </summary>
internal static class FaultSilence
{
    /// <summary>Reads the evidence of the drill.</summary>
    /// <param name="file">The events of the drill, compressed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The silence; <see langword="null"/> if the consumer received nothing after the fault, or if there was no fault.</returns>
    public static async Task<TimeSpan?> InAsync(string file, CancellationToken cancellationToken)
    {
        var received = new List<long>();
        var steps = new Dictionary<string, long>();
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            switch (EventJson.Read(line))
            {
                case FaultEvent { MonotonicMicroseconds: { } at } fault:
                    steps[fault.Step] = at;
                    break;
                case ReceivedEvent { MonotonicMicroseconds: { } at }:
                    received.Add(at);
                    break;
                default:
                    break;
            }
        }

        if (!steps.TryGetValue(FaultStep.Injecting, out var began) || !steps.TryGetValue(FaultStep.Healing, out var healing))
        {
            return null;
        }

        received.Sort();
        var silences = received.Zip(received.Skip(1))
            .Where(pair => pair.First < healing && pair.Second > began)
            .Select(static pair => pair.Second - pair.First);
        return silences.DefaultIfEmpty().Max() is > 0 and var longest ? TimeSpan.FromMicroseconds(longest) : null;
    }
}
