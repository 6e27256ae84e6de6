using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProducerMechanismTests : MechanismTests
{
    protected override string Program => "cluster-test-producer";
}
