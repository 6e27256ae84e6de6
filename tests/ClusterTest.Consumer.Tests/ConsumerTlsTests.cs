using ClusterTest.ProgramTests;

namespace ClusterTest.Consumer.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ConsumerTlsTests : TlsTests
{
    protected override string Program => "cluster-test-consumer";
}
