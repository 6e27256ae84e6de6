using ClusterTest.ProgramTests;
using ClusterTest.Testing;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerHostilePeerTests : HostilePeerTests
{
    protected override string Program => "cluster-test-consumer";

    protected override ProgramUnderTest StartLong() => Start();

    protected override Task WorksAsync(ProgramUnderTest program, int from) =>
        program.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", from: from, timeout: Patience);
}
