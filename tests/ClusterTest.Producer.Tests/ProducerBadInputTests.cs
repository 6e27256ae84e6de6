using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerBadInputTests : BadInputTests
{
    protected override string Program => "cluster-test-producer";
}
