using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerPredeclaredTests : PredeclaredTests
{
    protected override string Program => "cluster-test-producer";

    protected override void Feed()
    {
    }
}
