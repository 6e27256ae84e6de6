using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerBlockedOutputTests : BlockedOutputTests
{
    protected override string Program => "cluster-test-consumer";

    protected override IEnumerable<string> Options => [];

    protected override void Feed()
    {
        Broker.Declare(Queue, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        for (var i = 0; i < 10_000; i++)
        {
            Broker.Enqueue(Queue, """{"content":"Cluster Test!","time":1}""");
        }
    }
}
