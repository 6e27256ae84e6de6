using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class LatencyRecorderTests
{
    private readonly LatencyRecorder _recorder = new();

    [Fact]
    public void Has_nothing_to_say_without_latencies() => Assert.Null(_recorder.Summarize());

    [Fact]
    public void Gives_percentiles_in_milliseconds()
    {
        for (var i = 1; i <= 1000; i++)
        {
            _recorder.Record(TimeSpan.FromMilliseconds(i));
        }

        var summary = _recorder.Summarize()!;
        Assert.Equal([500, 900, 990, 999, 1000], new[] { summary.P50, summary.P90, summary.P99, summary.P999, summary.Max }.Select(value => Math.Round(value)));
    }

    [Fact]
    public void Keeps_what_is_too_short_or_too_long_at_the_bounds()
    {
        _recorder.Record(TimeSpan.Zero);
        Assert.Equal(0.001, _recorder.Summarize()!.P50);
        _recorder.Record(TimeSpan.FromDays(2));
        Assert.InRange(_recorder.Summarize()!.Max, 3_600_000, 3_610_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(2_000_000_000_003)]
    public void Spreads_latencies_evenly_from_the_first_to_the_last(long count)
    {
        _recorder.RecordSpread(TimeSpan.FromMilliseconds(1_000), TimeSpan.FromMilliseconds(count is 1 ? 1_000 : 400), count);

        Assert.Equal(count, _recorder.Count);
        Assert.Equal(count is 1 ? 1_000 : 700, _recorder.At(50), tolerance: 2);
        Assert.Equal(1_000, _recorder.At(100), tolerance: 2);
        Assert.Equal(count is 1 ? 1_000 : 400, _recorder.At(0), tolerance: 2);
    }

    [Fact]
    public void Reads_as_a_line() =>
        Assert.Equal("p50 1.2, p90 2.0, p99 3.0, p99.9 4.0, max 1234.5 ms", new LatencySummary(1.23, 2, 3, 4, 1234.5).ToString());
}
