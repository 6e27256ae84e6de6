using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Tests.Examples;

/// <summary>A cluster of two nodes: twice the price, and no node may fail, since one of two is no majority.</summary>
public sealed record Pair() : Topology("pair", "a cluster of two nodes behind the load balancer", [new("rabbit1", Group), new("rabbit2", Group)])
{
    private const string Group = "pair";

    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [.. base.BalancerFiles, "tests/ClusterTest.Lab.Tests/Examples/pair.cfg"];
}
