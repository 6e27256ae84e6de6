using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerAddressTests : AddressTests
{
    protected override string Program => "cluster-test-consumer";
}
