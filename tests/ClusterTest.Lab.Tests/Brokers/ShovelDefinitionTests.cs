using System.Text.Json;
using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class ShovelDefinitionTests
{
    private static readonly AmqpAddress Destination = new("127.0.0.1", 5681);

    [Fact]
    public void It_takes_from_its_own_node_and_confirms_at_the_other_before_it_acknowledges()
    {
        var setting = new ShovelDefinition("a queue").Setting(Destination);

        Assert.Equal(["set_parameter", "shovel", "a queue"], setting[..^1]);
        using var json = JsonDocument.Parse(setting[^1]);
        string? Value(string name) => json.RootElement.GetProperty(name).ToString();
        Assert.Equal(("amqp://", "a queue", "a queue", "on-confirm"), (Value("src-uri"), Value("src-queue"), Value("dest-queue"), Value("ack-mode")));
        Assert.Equal(("amqp091", "amqp091"), (Value("src-protocol"), Value("dest-protocol")));
        Assert.StartsWith("amqp://guest:guest@127.0.0.1:5681?heartbeat=5&", Value("dest-uri"), StringComparison.Ordinal);
        Assert.Equal("quorum", json.RootElement.GetProperty("src-queue-args").GetProperty("x-queue-type").GetString());
        Assert.Equal("quorum", json.RootElement.GetProperty("dest-queue-args").GetProperty("x-queue-type").GetString());
        Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("reconnect-delay").ValueKind);
    }

    [Theory]
    [InlineData("on-confirm")]
    [InlineData("on-publish")]
    [InlineData("no-ack")]
    public void It_acknowledges_as_it_is_told(string mode)
    {
        Assert.Contains(mode, ShovelDefinition.AckModes);
        Assert.Contains($"\"ack-mode\":\"{mode}\"", new ShovelDefinition("q", AckMode: mode).Setting(Destination)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_type_it_declares_none() =>
        Assert.DoesNotContain("x-queue-type", new ShovelDefinition("q", QueueType: null).Setting(Destination)[^1], StringComparison.Ordinal);
}
