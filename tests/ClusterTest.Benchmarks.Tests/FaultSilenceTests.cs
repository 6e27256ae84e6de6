using System.IO.Compression;
using ClusterTest.Benchmarks.Clients;
using ClusterTest.Events;
using Xunit;

namespace ClusterTest.Benchmarks.Tests;

public sealed class FaultSilenceTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public async Task Is_the_longest_silence_that_begins_before_the_healing() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(40),
            await SilenceAsync(
                Received(100), Fault(FaultStep.Injecting, 110), Received(140), Received(150), Fault(FaultStep.Healing, 155), Received(160), Received(400)));

    [Fact]
    public async Task One_that_the_healing_ended_counts_to_its_end() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(200),
            await SilenceAsync(Received(100), Fault(FaultStep.Injecting, 110), Fault(FaultStep.Healing, 160), Received(300)));

    [Fact]
    public async Task One_that_was_over_before_the_fault_does_not_count() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(10),
            await SilenceAsync(Received(0), Received(100), Fault(FaultStep.Injecting, 105), Received(110), Fault(FaultStep.Healing, 111), Received(115)));

    [Fact]
    public async Task Tells_how_long_the_queue_confirmed_nothing_meanwhile()
    {
        await WriteAsync(
            Sent(0),
            Sent(90),
            Fault(FaultStep.Injecting, 100),
            Received(110),
            Sent(115),
            Received(116),
            Fault(FaultStep.Healing, 120),
            Sent(130),
            Sent(500));

        Assert.Equal(TimeSpan.FromMilliseconds(25), (await FaultSilence.InAsync(_file, TestContext.Current.CancellationToken)).Queue);
    }

    [Theory]
    [InlineData(99, 400, 20)] // confirmed before the fault
    [InlineData(125, 165, 40)]
    [InlineData(150, 400, 250)] // received after the healing
    [InlineData(151, 400, 20)] // confirmed after it
    [InlineData(125, 124, 20)] // received before its confirm
    public async Task Tells_how_long_a_message_waited_that_was_confirmed_before_the_healing(long confirm, long receipt, long longest)
    {
        await WriteAsync(
            Fault(FaultStep.Injecting, 100),
            Sent(110, 1),
            Received(130, 1),
            Received(140, 1),
            Sent(112, 2),
            Sent(confirm, 3),
            Received(receipt, 3),
            Fault(FaultStep.Healing, 150));

        Assert.Equal(TimeSpan.FromMilliseconds(longest), (await FaultSilence.InAsync(_file, TestContext.Current.CancellationToken)).Waited);
    }

    [Fact]
    public async Task Is_unknown_without_a_fault() => Assert.Null(await SilenceAsync(Received(0), Received(100)));

    [Fact]
    public async Task Is_unknown_if_nothing_came_afterwards() =>
        Assert.Null(await SilenceAsync(Received(0), Fault(FaultStep.Injecting, 10), Fault(FaultStep.Healing, 20)));

    public void Dispose() => File.Delete(_file);

    private static ReceivedEvent Received(long ms, long? sequence = null) =>
        new(null, "run", sequence, "", 0, false, 0) { Timestamp = DateTimeOffset.UnixEpoch, MonotonicMicroseconds = ms * 1000 };

    private static SentEvent Sent(long ms, long sequence = 0) =>
        new("", "run", sequence, TimeSpan.Zero, 1) { Timestamp = DateTimeOffset.UnixEpoch, MonotonicMicroseconds = ms * 1000 };

    private static FaultEvent Fault(string step, long ms) =>
        new(1, "kill", "rabbit1", null, step, "clock", null) { Timestamp = DateTimeOffset.UnixEpoch, MonotonicMicroseconds = ms * 1000 };

    private async Task<TimeSpan?> SilenceAsync(params IReadOnlyList<ResultEvent> events)
    {
        await WriteAsync(events);
        return (await FaultSilence.InAsync(_file, TestContext.Current.CancellationToken)).Consumer;
    }

    private async Task WriteAsync(params IReadOnlyList<ResultEvent> events)
    {
        await using (var lines = new StreamWriter(new GZipStream(File.Create(_file), CompressionLevel.Fastest)))
        {
            foreach (var written in events)
            {
                await lines.WriteLineAsync(EventJson.Write(written));
            }
        }
    }
}
