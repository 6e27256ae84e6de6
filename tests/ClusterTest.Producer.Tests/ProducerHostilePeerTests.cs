using ClusterTest.ProgramTests;
using ClusterTest.Testing;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerHostilePeerTests : HostilePeerTests
{
    protected override string Program => "cluster-test-producer";

    protected override ProgramUnderTest StartLong() => Start("--rate", "50", "--retry-for", "10m");

    protected override Task WorksAsync(ProgramUnderTest program, int from) =>
        program.StandardOutput.WaitForLineAsync(line => line == "Sent cluster test message.", from: from, timeout: Patience);
}
