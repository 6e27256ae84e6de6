using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerPredeclaredTests : PredeclaredTests
{
    protected override string Program => "cluster-test-consumer";

    [Fact]
    public async Task The_parked_queue_is_not_declared_either()
    {
        Declare();
        Declare($"{Queue}.parked");
        Broker.Enqueue(Queue, "no test message");
        Feed();
        var consumer = Start(Option);
        await Broker.WaitForAsync(broker => broker.Queue($"{Queue}.parked").Ready.Count == 1 && broker.Queue(Queue).Acknowledged.Count == 2, Patience);
        consumer.Send(Signal.Terminate);
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        AssertNothingDeclared();
    }

    [Fact]
    public async Task A_parked_queue_that_is_not_there_is_told()
    {
        Declare();
        Broker.Enqueue(Queue, "no test message");
        var consumer = Start(Option);
        await consumer.StandardError.WaitForLineAsync(
            line => line.Contains($"{Queue}.parked", StringComparison.Ordinal) && line.Contains(Option, StringComparison.Ordinal),
            timeout: Patience);
        Declare($"{Queue}.parked");
        await Broker.WaitForAsync(broker => broker.Queue($"{Queue}.parked").Ready.Count == 1, Patience);
    }

    protected override void Feed() => Broker.Enqueue(Queue, """{"content":"Cluster Test!","time":1301531152.25}""");
}
