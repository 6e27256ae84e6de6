using ClusterTest.ProgramTests;
using ClusterTest.Testing;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerStartAndRecoveryTests : StartAndRecoveryTests
{
    protected override string Program => "cluster-test-producer";

    protected override ProgramUnderTest StartLong(params string[] options) => Start(["--rate", "50", .. options]);

    protected override Task WorksAsync(ProgramUnderTest program) =>
        program.StandardOutput.WaitForLineAsync(line => line.Contains("sent", StringComparison.OrdinalIgnoreCase), timeout: Patience);
}
