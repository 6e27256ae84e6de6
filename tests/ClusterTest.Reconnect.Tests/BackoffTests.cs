using ClusterTest.Reconnect.Internal.Sessions;
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
        Assert.Equal(TimeSpan.Zero, Backoff.Delay(failures, 0, Backoff.Cap));
        Assert.Equal(ceilingMilliseconds / 2.0, Backoff.Delay(failures, 0.5, Backoff.Cap).TotalMilliseconds);
        Assert.InRange(Backoff.Delay(failures, 0.999, Backoff.Cap).TotalMilliseconds, ceilingMilliseconds * 0.99, ceilingMilliseconds);
        Assert.True(Backoff.Delay(failures, 0.999, Backoff.Cap) < Backoff.Cap + TimeSpan.FromTicks(1));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(11, 20_480)]
    [InlineData(12, 30_000)]
    public void Goes_on_to_the_cap_that_is_asked_for(int failures, int ceilingMilliseconds) =>
        Assert.Equal(ceilingMilliseconds / 2.0, Backoff.Delay(failures, 0.5, TimeSpan.FromSeconds(30)).TotalMilliseconds);

    [Fact]
    public void Jitters_at_the_cap_too()
    {
        // Measured: the jitter of Polly.Core 8.9.1 vanishes at MaxDelay, so that all clients of a lost node come back in step.
        var random = new Random(1);
        var delays = Enumerable.Range(0, 1000).Select(_ => Backoff.Delay(50, random.NextDouble(), Backoff.Cap).TotalMilliseconds).ToList();
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
            while ((elapsed += Backoff.Delay(attempts - 1, random.NextDouble(), Backoff.Cap)) < TimeSpan.FromMinutes(1))
            {
                attempts++;
            }

            Assert.InRange(attempts, 60, 180);
        }
    }
}
