using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ClusterTest.Reconnect.Tests.Hostile;

/// <summary>
/// Peers that send anything at all. A failure names its seed and its case; <c>HOSTILE_SEED=… HOSTILE_CASE=…</c> in the environment plays that
/// case alone.
/// </summary>
[Collection(nameof(Alone))]
public sealed class HostilePeerTests(ITestOutputHelper output)
{
    private const int Cases = 10_000;
    private const int CasesOfOneBroker = 50;
    private const int Lanes = 24;

    private static int Seed { get; } = Read("HOSTILE_SEED") ?? Random.Shared.Next();

    [Fact]
    [Trait("takes", "long")]
    public async Task Neither_consumer_nor_producer_hangs_crashes_lies_or_grows_and_each_is_well_once_its_peer_is()
    {
        HostileLane[] lanes =
        [
            .. Enumerable.Range(0, Lanes)
                .Select(lane => lane % 2 == 0 ? (HostileLane)new HostileConsumerLane(Seed) : new HostileProducerLane(Seed)),
        ];
        try
        {
            if (Read("HOSTILE_CASE") is { } alone)
            {
                await Task.WhenAll(lanes.Take(2).Select(lane => lane.PlayAsync([alone])));
                return;
            }

            await PlayAsync(lanes, 0, Cases / 2);
            var half = Footprint.Now();
            await PlayAsync(lanes, Cases / 2, Cases);
            var whole = Footprint.Now();
            output.WriteLine($"Seed {Seed}; after half of the cases {half}, after all {whole}; fatal failures: {lanes.Sum(lane => lane.FatalFaults)}");
            Assert.InRange((double)whole.Heap / half.Heap, 0, 1.5);
            Assert.InRange(whole.Descriptors - half.Descriptors, int.MinValue, Lanes);
            Assert.InRange(whole.Threads - half.Threads, int.MinValue, Lanes);
        }
        finally
        {
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    private static Task PlayAsync(HostileLane[] lanes, int from, int to)
    {
        var blocks = new System.Collections.Concurrent.ConcurrentQueue<int[]>(Enumerable.Range(from, to - from).Chunk(CasesOfOneBroker));
        return Task.WhenAll(lanes.Select(lane => Task.Run(async () =>
        {
            while (blocks.TryDequeue(out var block))
            {
                await lane.PlayAsync(block);
            }
        })));
    }

    private static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Footprint(long Heap, int Descriptors, int Threads)
    {
        public static Footprint Now()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var self = Process.GetCurrentProcess();
            return new(GC.GetTotalMemory(forceFullCollection: true), Directory.GetFiles("/proc/self/fd").Length, self.Threads.Count);
        }
    }
}

/// <summary>Tests that measure the process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
#pragma warning disable CA1515 // xUnit wants it public
public sealed class Alone;
#pragma warning restore CA1515
