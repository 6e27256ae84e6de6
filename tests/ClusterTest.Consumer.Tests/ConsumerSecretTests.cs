using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerSecretTests : SecretTests
{
    protected override string Program => "cluster-test-consumer";

    protected override IEnumerable<string> Lasting => [];
}
