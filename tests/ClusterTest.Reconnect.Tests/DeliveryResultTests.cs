using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class DeliveryResultTests
{
    [Fact]
    public void Is_an_ack_by_default()
    {
        Assert.Equal(DeliveryResult.Ack, default);
        Assert.Equal((DeliveryAction.Ack, ""), (DeliveryResult.Ack.Action, DeliveryResult.Ack.Reason));
        Assert.Equal((DeliveryAction.Retry, ""), (DeliveryResult.Retry.Action, DeliveryResult.Retry.Reason));
    }

    [Fact]
    public void Parks_with_a_reason() =>
        Assert.Equal((DeliveryAction.Park, "no JSON"), (DeliveryResult.Park("no JSON").Action, DeliveryResult.Park("no JSON").Reason));
}
