using Xunit;

namespace ClusterTest.Lab.Tests;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class SecureLabTests
{
    [Fact]
    public async Task Lets_nobody_in_without_certificate_and_password_and_survives_a_drill()
    {
        await using var lab = new TestLab();
        await SecureLab.CheckAsync(lab.Cluster, lab.RunAsync);
    }
}
