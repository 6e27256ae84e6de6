using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerBadInputTests : BadInputTests
{
    protected override string Program => "cluster-test-consumer";
}
