using Xunit;

namespace ClusterTest.Lab.Tests;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeSecureLabTests
{
    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Lets_nobody_in_without_certificate_and_password_and_survives_a_drill()
    {
        await using var lab = new ComposeLab();
        await SecureLab.CheckAsync(lab.Cluster, arguments => lab.RunAsync(arguments[0] is "up" ? [.. arguments, "--engine", "compose"] : arguments));
    }
}
