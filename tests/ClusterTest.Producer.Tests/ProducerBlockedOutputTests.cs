using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerBlockedOutputTests : BlockedOutputTests
{
    protected override string Program => "cluster-test-producer";

    protected override IEnumerable<string> Options => ["--count", "8000"]; // fewer are told before the pipe is full

    protected override void Feed()
    {
    }
}
