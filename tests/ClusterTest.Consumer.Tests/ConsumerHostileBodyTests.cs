using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerHostileBodyTests : ProgramTest
{
    private const int Bodies = 500;

    private static readonly string?[] ContentTypes = [null, "application/json", "text/plain\0", ""];

    protected override string Program => "cluster-test-consumer";

    [Fact]
    public async Task Receives_or_parks_whatever_comes_and_prints_nothing_that_steers_a_terminal()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var consumer = Start("--count", $"{Bodies}");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Patience);
        for (var i = 0; i < Bodies; i++)
        {
            Broker.Enqueue(Queue, HostileBodies.Next(random), new()
            {
                MessageId = i % 2 == 0 ? "m\u001b[2J\n[00:00:00.000 FTL] forged" : null,
                ContentType = ContentTypes[i % ContentTypes.Length],
            });
        }

        Assert.True(await consumer.ExitCodeAsync(Patience) is 0, $"Seed {seed}{Environment.NewLine}{consumer.StandardError}");
        var parked = Broker.Queue($"{Queue}.parked").Ready;
        Assert.Equal(Bodies, Broker.Queue(Queue).Acknowledged.Count);
        Assert.Equal(Bodies, parked.Count + consumer.StandardOutput.Count(line => line.StartsWith("Received: ", StringComparison.Ordinal)));
        Assert.InRange(parked.Count, 1, Bodies - 1);
        Assert.All(parked, message => Assert.True(message.Properties.Headers!.ContainsKey("x-parked-reason")));
        Assert.All(consumer.StandardOutput.Concat(consumer.StandardError), line => Assert.DoesNotContain(line, char.IsControl));
        Assert.DoesNotContain(consumer.StandardError, line => line.StartsWith("[00:00:00.000", StringComparison.Ordinal));
        Assert.Equal(Bodies + 1, consumer.StandardOutput.Count + consumer.StandardError.Count(line => line.Contains("Moved to", StringComparison.Ordinal)));
        AssertNoStackTrace(consumer);
    }
}
