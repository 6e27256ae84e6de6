using ClusterTest.Reconnect.Internal;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(6, 640)]
    [InlineData(7, 1000)]
    [InlineData(1_000_000, 1000)]
    [InlineData(int.MaxValue, 1000)]
    public void Doubles_its_ceiling_up_to_the_cap(int failures, int ceilingMilliseconds)
    {
        Assert.Equal(TimeSpan.Zero, Backoff.Delay(failures, 0));
        Assert.Equal(ceilingMilliseconds / 2.0, Backoff.Delay(failures, 0.5).TotalMilliseconds);
        Assert.InRange(Backoff.Delay(failures, 0.999).TotalMilliseconds, ceilingMilliseconds * 0.99, ceilingMilliseconds);
        Assert.True(Backoff.Delay(failures, 0.999) < Backoff.Cap + TimeSpan.FromTicks(1));
    }

    [Fact]
    public void Jitters_at_the_cap_too()
    {
        // Measured: the jitter of Polly.Core 8.9.1 vanishes at MaxDelay, so that all clients of a lost node come back in step.
        var random = new Random(1);
        var delays = Enumerable.Range(0, 1000).Select(_ => Backoff.Delay(50, random.NextDouble()).TotalMilliseconds).ToList();
        Assert.InRange(delays.Average(), 450, 550);
        Assert.InRange(delays.Min(), 0, 50);
        Assert.InRange(delays.Max(), 950, 1000);
        Assert.True(delays.Distinct().Count() > 900);
    }

    [Fact]
    public void Bounds_the_attempts_of_a_minute()
    {
        // Field lesson 19: kombu#706 and celery#4075 reconnect in a tight loop.
        var random = new Random(1);
        for (var run = 0; run < 100; run++)
        {
            var (attempts, elapsed) = (1, TimeSpan.Zero);
            while ((elapsed += Backoff.Delay(attempts - 1, random.NextDouble())) < TimeSpan.FromMinutes(1))
            {
                attempts++;
            }

            Assert.InRange(attempts, 60, 180);
        }
    }
}
