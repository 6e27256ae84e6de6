using System.IO.Compression;
using ClusterTest.Events;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>
/// How long the fault of a drill silenced its consumer: the longest silence that begins before the fault is healed. The verdict's outage goes on to the end of
/// the drill; but to start a broker takes all processors of a small machine, which is felt by every client.
/// </summary>
/// <param name="Consumer">How long the consumer received nothing; <see langword="null"/>: nothing came after the fault, or there was no fault.</param>
/// <param name="Waited">
/// The longest time from a message's confirm to its first receipt, of the messages confirmed between the fault and its healing. This is the consumer's own
/// part: a queue that has confirmed a message works, and has it. Lost messages do not count. <see langword="null"/>: none of them was received.
/// </param>
/// <param name="Queue">
/// How long the producer got no confirm in that time: at most as long as this the queue stood still, of which no client hears anything.
/// </param>
internal sealed record FaultSilence(TimeSpan? Consumer, TimeSpan? Waited, TimeSpan? Queue)
{
    /// <summary>Reads the evidence of the drill.</summary>
    /// <param name="file">The events of the drill, compressed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<FaultSilence> InAsync(string file, CancellationToken cancellationToken)
    {
        var received = new List<long>();
        var confirmed = new List<long>();
        var receipts = new Dictionary<(string Run, long Sequence), long>();
        var confirms = new Dictionary<(string Run, long Sequence), long>();
        var steps = new Dictionary<string, long>();
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            switch (EventJson.Read(line))
            {
                case FaultEvent { MonotonicMicroseconds: { } at } fault:
                    steps[fault.Step] = at;
                    break;
                case ReceivedEvent { MonotonicMicroseconds: { } at } receipt:
                    received.Add(at);
                    _ = receipt is { Run: { } run, Sequence: { } sequence } && receipts.TryAdd((run, sequence), at);
                    break;
                case SentEvent { MonotonicMicroseconds: { } at } confirm:
                    confirmed.Add(at);
                    confirms[(confirm.Run, confirm.Sequence)] = at;
                    break;
                default:
                    break;
            }
        }

        if (!steps.TryGetValue(FaultStep.Injecting, out var began) || !steps.TryGetValue(FaultStep.Healing, out var healing))
        {
            return new FaultSilence(null, null, null);
        }

        var waits = confirms
            .Where(confirm => confirm.Value >= began && confirm.Value <= healing && receipts.ContainsKey(confirm.Key))
            .Select(confirm => (TimeSpan?)TimeSpan.FromMicroseconds(Math.Max(0, receipts[confirm.Key] - confirm.Value)));
        return new FaultSilence(Longest(received, began, healing), waits.Max(), Longest(confirmed, began, healing));
    }

    private static TimeSpan? Longest(List<long> moments, long began, long healing)
    {
        moments.Sort();
        var silences = moments.Zip(moments.Skip(1))
            .Where(pair => pair.First < healing && pair.Second > began)
            .Select(static pair => pair.Second - pair.First);
        return silences.DefaultIfEmpty().Max() is > 0 and var longest ? TimeSpan.FromMicroseconds(longest) : null;
    }
}
