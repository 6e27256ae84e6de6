using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("500ms", 500)]
    [InlineData("3s", 3_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0.25s", 250)]
    [InlineData("10m", 600_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("576h", 2_073_600_000)]
    public void Reads_what_people_write(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("abc")]
    [InlineData("3 s")]
    [InlineData("3S")]
    [InlineData("3d")]
    [InlineData("-3s")]
    [InlineData("+3s")]
    [InlineData("0s")]
    [InlineData("0.5ms")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("1.5.5s")]
    [InlineData("577h")]
    [InlineData("99999999999999999999999h")]
    [InlineData("NaNs")]
    public void Refuses_everything_else(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("250ms")]
    [InlineData("1s")]
    [InlineData("1.5s")]
    [InlineData("90s")]
    [InlineData("10m")]
    [InlineData("2h")]
    public void Writes_what_it_reads(string text)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.True(Duration.TryParse(Duration.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData(30_000, "30s")]
    [InlineData(60_000, "1m")]
    [InlineData(90_000, "90s")]
    [InlineData(7_200_000, "2h")]
    [InlineData(1_234.5678, "1.235s")]
    [InlineData(12, "12ms")]
    public void Writes_it_short(double milliseconds, string text) => Assert.Equal(text, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));
}
