using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeSharedStorageTests
{
    private const string Image = "RABBITMQ_IMAGE";

    [Theory(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    [InlineData(Image)]
    [InlineData("STANDBY_IMAGE")] // an older RabbitMQ, and an older Pacemaker
    public async Task A_broker_with_two_places_fails_over_loses_nothing_and_goes_down(string image)
    {
        await using var lab = new ComposeLab();
        await new SharedStorageContract(lab, With(image)).CheckAsync();
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task What_is_wrong_is_said_and_can_be_undone_and_without_fencing_two_brokers_run()
    {
        await using var lab = new ComposeLab();
        await new SharedStorageContract(lab, With(Image)).CheckWarningsAsync();
        await lab.AssertNothingIsLeftAsync();
    }

    // Corosync waits longer than for people: on a busy machine, a host that is only slow would be fenced.
    private static Dictionary<string, string?> With(string image) => new()
    {
        [Image] = Environment.GetEnvironmentVariable(image),
        ["COROSYNC_TOKEN"] = "3000",
    };
}
