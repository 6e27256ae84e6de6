using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class NodeRoleTests
{
    private readonly DrillNames _names = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<string?> Leader { get; set; } = Task.FromResult<string?>("rabbit1");

    private Task<IReadOnlyList<ClientConnection>> Clients { get; set; }

    private Task<string?> ShovelNode { get; set; } = Task.FromResult<string?>("rabbit1");

    public NodeRoleTests() => Clients = Task.FromResult<IReadOnlyList<ClientConnection>>(
        [new("rabbit1", $"{_names.Consumer}-2"), new("rabbit1", _names.Producer), new("rabbit2", _names.Consumer), new("rabbit3", "another")]);

    [Theory]
    [InlineData("rabbit1", "leader,consumer,producer,shovel")]
    [InlineData("rabbit2", "consumer")]
    [InlineData("rabbit3", null)]
    public async Task What_is_on_the_node_is_named_in_order(string node, string? expected) => Assert.Equal(expected, await FindAsync(node, Token));

    [Fact]
    public async Task What_has_no_answer_in_time_does_not_hide_the_rest()
    {
        using var deadline = new CancellationTokenSource();
        Leader = Never<string?>(deadline.Token);
        ShovelNode = Never<string?>(deadline.Token);

        var finding = FindAsync("rabbit1", deadline.Token);
        Assert.False(finding.IsCompleted);
        await deadline.CancelAsync();

        Assert.Equal("consumer,producer", await finding);
    }

    [Fact]
    public async Task Clients_that_nobody_can_name_do_not_hide_the_leader_nor_the_Shovel()
    {
        Clients = Task.FromException<IReadOnlyList<ClientConnection>>(new LabException("No node runs that can be asked."));

        Assert.Equal("leader,shovel", await FindAsync("rabbit1", Token));
    }

    private static Task<T> Never<T>(CancellationToken cancellationToken) => new TaskCompletionSource<T>().Task.WaitAsync(cancellationToken);

    private Task<string?> FindAsync(string node, CancellationToken cancellationToken) =>
        new NodeRole(_ => Leader, _ => Clients, _ => ShovelNode).FindAsync(node, _names, cancellationToken);
}
