using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Drills;

/// <summary>The cluster that a drill breaks.</summary>
internal interface IDrillTarget
{
    /// <summary>The default of <see cref="LongestSilence"/>.</summary>
    internal static readonly TimeSpan UsualSilence = TimeSpan.FromSeconds(12);

    /// <summary>The names of the nodes; empty if they are unknown.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>As in <see cref="Topology.MostBroken"/>.</summary>
    public int MostBroken { get; }

    /// <summary>How long a fault may last while messages do not flow. Then it is healed all the same.</summary>
    /// <value>
    /// Default: 12 seconds. During some faults messages do not flow until the fault is healed, for example while the leader is frozen on older versions of
    /// RabbitMQ.
    /// </value>
    public TimeSpan LongestSilence => UsualSilence;

    /// <summary>Whether faults of nodes are done where the consumer is, unless nodes are named, since clients are on one node at a time.</summary>
    public bool IsBrokenAtConsumer => false;

    /// <summary>Looks at the cluster until it is cancelled, and tells what must never happen there.</summary>
    /// <param name="tell">Is told of each kind, one of <see cref="ProblemKind"/>, with a sentence.</param>
    /// <param name="cancellationToken">Ends the watch. That is its regular end.</param>
    public Task WatchAsync(Action<string, string> tell, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>How a cluster manager has moved or restarted the broker since a fault; null if it has not, or there is none.</summary>
    public Task<FailoverTimes?> FindFailoverAsync(DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult<FailoverTimes?>(null);

    /// <summary>The address that the programs connect to, for people to read: it contains no password.</summary>
    public string Address { get; }

    /// <summary>The environment of one of the two programs: the address that it connects to, and its login.</summary>
    /// <param name="program">As in <see cref="EventWriter"/>.</param>
    public IReadOnlyDictionary<string, string?> EnvironmentOf(string program);

    /// <summary>Sets up what carries the run's messages from the producer's queue to the consumer's, if these are two queues.</summary>
    public Task SetUpAsync(DrillNames names, Variant variant, CancellationToken cancellationToken);

    /// <summary>The arguments of the two programs: the files with certificates and passwords that they need, if any.</summary>
    public IReadOnlyList<string> ProgramArguments { get; }

    /// <summary>The faults that can be done to the cluster. A fault of a queue is done to the given queue.</summary>
    public IReadOnlyList<IFault> FaultsFor(string queue);

    /// <summary>Describes the environment of the cluster.</summary>
    public Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Which of the queue's leader, the two programs and the Shovel are on a node, as in <see cref="FaultEvent.Role"/>. A cancellation ends the search; what
    /// was found until then may be returned.
    /// </summary>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken);

    /// <summary>The node that the run's consumer is connected to; null if it cannot be found.</summary>
    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken);

    /// <summary>The node that the run's Shovel is on; null if it is on none, or there is none.</summary>
    public Task<string?> FindShovelAsync(DrillNames names, CancellationToken cancellationToken);

    /// <summary>Undoes every fault.</summary>
    public Task HealAsync(CancellationToken cancellationToken);

    /// <summary>Empties the run's queues, on every known node, and removes the queues and the exchange.</summary>
    /// <param name="names">The run's names.</param>
    /// <param name="found">Called with every message found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken);
}
