using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Drills;

/// <summary>The cluster that a drill is about.</summary>
internal interface IDrillTarget
{
    /// <summary>Names of its nodes; empty if they are not known.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>As in <see cref="Topology.MostBroken"/>.</summary>
    public int MostBroken { get; }

    /// <summary>Where the programs connect, for people: no password is in it.</summary>
    public string Address { get; }

    /// <summary>Environment of one of the two programs: where it connects, and as whom.</summary>
    /// <param name="program">As in <see cref="EventWriter"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyDictionary<string, string?>> FindEnvironmentAsync(string program, CancellationToken cancellationToken);

    /// <summary>Arguments of the two programs: the files that they need to be let in, if any.</summary>
    public IReadOnlyList<string> ProgramArguments { get; }

    /// <summary>What can be done to it, to that queue where a queue is concerned.</summary>
    public IReadOnlyList<IFault> FaultsFor(string queue);

    /// <summary>What it runs on.</summary>
    public Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>What a node has of a queue and of the two programs, as in <see cref="FaultEvent.Role"/>.</summary>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken);

    /// <summary>The node that the run's consumer is on; null if that cannot be known.</summary>
    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken);

    /// <summary>Undoes every fault.</summary>
    public Task HealAsync(CancellationToken cancellationToken);

    /// <summary>Empties the run's queues, on every node that is known, and removes them and the exchange.</summary>
    /// <param name="names">The run's names.</param>
    /// <param name="found">Is told of every message found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken);
}
