using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ConsumerMechanismTests : MechanismTests
{
    protected override string Program => "cluster-test-consumer";
}
