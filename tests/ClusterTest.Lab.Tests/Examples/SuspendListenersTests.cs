using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Examples;

/// <summary>The fault of docs/adding-a-fault.md does what the page says.</summary>
[RealBrokers, Collection(RunningLabDefinition.Name)]
public sealed class SuspendListenersTests(RunningLab running)
{
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(1);

    private readonly TestLab _lab = running.Lab;
    private readonly SuspendListeners _fault = new();

    private LabCluster Cluster => _lab.Cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_takes_effect_and_its_own_undoing_starts_no_node_anew()
    {
        var before = ProcessesOf("rabbit2");

        await _fault.InjectAsync(Cluster, "rabbit2", Token);
        Assert.False((await AmqpProbe.GreetAsync(await Cluster.FindAddressAsync("rabbit2", Token), GreetingTimeout, Token)).Connected);
        var again = await Assert.ThrowsAsync<LabException>(() => _fault.InjectAsync(Cluster, "rabbit2", Token));
        Assert.Equal("rabbit2 is app stopped already. Run ./lab heal first.", again.Message);
        await _fault.HealAsync(Cluster, "rabbit2", Token);

        Assert.True((await Cluster.GetStatusAsync(Token)).IsHealthy);
        Assert.Equal(before, ProcessesOf("rabbit2"));
    }

    [Fact]
    public async Task Whoever_heals_everything_starts_the_node_anew()
    {
        var before = ProcessesOf("rabbit3");

        await _fault.InjectAsync(Cluster, "rabbit3", Token);
        var heal = await _lab.RunAsync("heal");

        Assert.Contains("rabbit3 has suffered a fault that only a new start undoes (suspend-listeners): ending it", heal.Output, StringComparison.Ordinal);
        Assert.True((await Cluster.GetStatusAsync(Token)).IsHealthy);
        Assert.Empty(ProcessesOf("rabbit3").Intersect(before));
    }

    private List<int> ProcessesOf(string role) =>
        [.. Cluster.FindProcesses().Where(process => process.Role == role).Select(static process => process.Id).Order()];
}
