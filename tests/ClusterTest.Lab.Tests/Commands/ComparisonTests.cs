using ClusterTest.Lab.Commands;
using ClusterTest.Lab.Drills;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

public sealed class ComparisonTests
{
    private static readonly Variant Common = new("", 3, QueueType.Quorum);

    [Fact]
    public void Sessions_are_compared() =>
        Assert.Equal(
            [new Variant("sessions=1", 1, QueueType.Quorum), new Variant("sessions=2", 2, QueueType.Quorum)],
            Comparison.Variants("sessions=1,2", Common, out _));

    [Fact]
    public void Queue_types_are_compared() => Assert.Equal(
        [new Variant("queue-type=quorum", 3, QueueType.Quorum), new Variant("queue-type=classic", 3, QueueType.Classic)],
        Comparison.Variants("queue-type=quorum, classic", Common, out _));

    [Fact]
    public void Ack_modes_are_compared() => Assert.Equal(
        [Common with { Name = "ack-mode=on-confirm", AckMode = "on-confirm" }, Common with { Name = "ack-mode=no-ack", AckMode = "no-ack" }],
        Comparison.Variants("ack-mode=on-confirm,no-ack", Common, out _));

    [Theory]
    [InlineData("ack-mode=on-confirm,never")]
    [InlineData("ack-mode=no-ack")]
    [InlineData("")]
    [InlineData("sessions")]
    [InlineData("sessions=")]
    [InlineData("sessions=1")]
    [InlineData("sessions=1,1")]
    [InlineData("sessions=1,0")]
    [InlineData("sessions=1,65")]
    [InlineData("sessions=1,-2")]
    [InlineData("sessions=1,two")]
    [InlineData("queue-type=quorum,stream")]
    [InlineData("rate=1,2")]
    [InlineData("sessions=1,2=3")]
    public void Anything_else_is_refused_with_an_example(string text)
    {
        Assert.Null(Comparison.Variants(text, Common, out var error));
        Assert.Contains("write sessions=1,2", error, StringComparison.Ordinal);
    }
}
