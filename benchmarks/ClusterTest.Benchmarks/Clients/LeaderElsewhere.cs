using ClusterTest.Events;
using ClusterTest.Lab;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>
/// A lab on which the node that the consumer is on never leads the queue when it is broken. A leader's end costs an election, which is the brokers' affair
/// and the same for every client; where it is, is chance.
/// </summary>
internal sealed class LeaderElsewhere(LabCluster cluster, LabTarget target, TimeProvider time) : IDrillTarget
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public IReadOnlyList<string> Nodes => target.Nodes;

    public int MostBroken => target.MostBroken;

    public TimeSpan LongestSilence => target.LongestSilence;

    public bool IsBrokenAtConsumer => true;

    public string Address => target.Address;

    public IReadOnlyList<string> ProgramArguments => target.ProgramArguments;

    public IReadOnlyDictionary<string, string?> EnvironmentOf(string program) => target.EnvironmentOf(program);

    public Task SetUpAsync(DrillNames names, Variant variant, CancellationToken cancellationToken) => target.SetUpAsync(names, variant, cancellationToken);

    public IReadOnlyList<IFault> FaultsFor(string queue) => target.FaultsFor(queue);

    public Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken) => target.DescribeAsync(cancellationToken);

    /// <summary>The role is known, and asking for it takes time.</summary>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(EventWriter.Consumer);

    public Task<string?> FindShovelAsync(DrillNames names, CancellationToken cancellationToken) => target.FindShovelAsync(names, cancellationToken);

    public Task HealAsync(CancellationToken cancellationToken) => target.HealAsync(cancellationToken);

    public Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken) =>
        target.DrainAsync(names, found, cancellationToken);

    /// <summary>Finds the consumer's node, and takes the leadership from it.</summary>
    public async Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            var (place, leader) = (target.FindConsumerAsync(names, cancellationToken), cluster.FindLeaderAsync(names.Queue, cancellationToken));
            var node = await place;
            if (await leader is { } leading && node is not null && leading != node)
            {
                return node;
            }

            if (time.GetElapsedTime(began) > Patience)
            {
                throw new LabException(node is null ? "The consumer is on no node." : $"The queue's leader stays on {node}, which the consumer is on.");
            }

            if (node is not null)
            {
                _ = await cluster.CtlAsync(node, ["eval", Transfer(names.Queue)], cancellationToken);
            }

            await Task.Delay(Settling, time, cancellationToken);
        }
    }

    // To any other node; the lab's cluster has three, and the queue has a member on each.
    private static string Transfer(string queue) =>
        $$"""{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"{{queue}}">>)), rabbit_quorum_queue:transfer_leadership(Q, hd(nodes())).""";
}
