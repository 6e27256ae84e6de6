using ClusterTest.ProgramTests;
using ClusterTest.Testing;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerStartAndRecoveryTests : StartAndRecoveryTests
{
    protected override string Program => "cluster-test-consumer";

    protected override ProgramUnderTest StartLong(params string[] options) => Start(options);

    protected override Task WorksAsync(ProgramUnderTest program) =>
        program.StandardOutput.WaitForLineAsync(line => line.Contains("ready", StringComparison.OrdinalIgnoreCase), timeout: Patience);
}
