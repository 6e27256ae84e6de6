using ClusterTest.ProgramTests;

namespace ClusterTest.Producer.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProducerTlsTests : TlsTests
{
    protected override string Program => "cluster-test-producer";
}
