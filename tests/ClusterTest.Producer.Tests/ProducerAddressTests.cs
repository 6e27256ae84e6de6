using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerAddressTests : AddressTests
{
    protected override string Program => "cluster-test-producer";
}
