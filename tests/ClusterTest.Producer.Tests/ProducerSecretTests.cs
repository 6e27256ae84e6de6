using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerSecretTests : SecretTests
{
    protected override string Program => "cluster-test-producer";

    protected override IEnumerable<string> Lasting => ["--rate", "20", "--time", "10m"];
}
