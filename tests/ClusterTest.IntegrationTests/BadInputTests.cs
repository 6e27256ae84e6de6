using System.Globalization;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>What only a real broker says: each gets one clear line and exit code 2.</summary>
public sealed class BadInputTests(ClusterFixture fixture)
{
    [Theory]
    [InlineData("amqp://guest:wrong@{0}:{1}/", "refused the login")]
    [InlineData("amqp://guest:guest@{0}:{1}/nowhere", "refused the virtual host")]
    public async Task A_login_or_virtual_host_that_the_broker_refuses_ends_the_program(string login, string said)
    {
        var uri = string.Format(CultureInfo.InvariantCulture, login, fixture.Host, fixture.Port);
        var environment = new Dictionary<string, string?> { ["CLUSTER_TEST_URI"] = uri };
        await using var producer = ProgramUnderTest.Start("cluster-test-producer", [], environment);

        Assert.Equal(2, await producer.ExitCodeAsync(Programs.Patience));
        Assert.Single(producer.StandardError, line => line.Contains(said, StringComparison.Ordinal));
        Assert.DoesNotContain(producer.StandardError, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_queue_of_another_type_ends_the_program()
    {
        await using var programs = new Programs(fixture);
        Assert.Equal(0, await programs.StartProducer("--queue-type", "classic").ExitCodeAsync(Programs.Patience));

        var consumer = programs.StartConsumer();
        Assert.Equal(2, await consumer.ExitCodeAsync(Programs.Patience));
        Assert.Single(consumer.StandardError, line => line.Contains("with other properties", StringComparison.Ordinal));
    }
}
