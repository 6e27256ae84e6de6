using ClusterTest.Benchmarks.Contenders;
using ClusterTest.Lab;
using ClusterTest.Lab.Clusters;
using ClusterTest.Reconnect;
using Fault = ClusterTest.Lab.Faults.NodeFault;

namespace ClusterTest.Benchmarks;

/// <summary>
/// Every contender consumes the same stream through the same balancer; the node that it is on is broken; the longest silence at the
/// consumer is its outage. The stream comes from a producer with three sessions, so that the silence is the consumer's.
/// </summary>
internal sealed class OutageBenchmark(int rounds, int rate, IReadOnlyList<Fault> faults)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(30);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private static readonly IReadOnlyList<IContender> Contenders =
    [
        new OurConsumer(sessions: 1),
        new OurConsumer(sessions: 2),
        new ImmediateLoop(),
        new AutomaticRecovery(TimeSpan.FromMilliseconds(100)),
        new AutomaticRecovery(interval: null),
    ];

    private readonly Dictionary<(Fault, IContender), List<TimeSpan>> _outages = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var cluster = CreateCluster();
        var progress = new Progress<string>(Console.Error.WriteLine);
        try
        {
            await cluster.UpAsync(progress, cancellationToken);
            await MeasureAsync(cluster, Contenders[0], faults[0], cancellationToken); // warms up the brokers and this process; not counted
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var fault in faults)
                {
                    // Each round begins with another contender, so that none always comes first or last.
                    foreach (var contender in Contenders.Skip(round % Contenders.Count).Concat(Contenders.Take(round % Contenders.Count)))
                    {
                        var outage = await MeasureAsync(cluster, contender, fault, cancellationToken);
                        _outages.TryAdd((fault, contender), []);
                        _outages[(fault, contender)].Add(outage);
                        await Console.Error.WriteLineAsync($"round {round}/{rounds}  {fault}  {contender.Name}: {outage.TotalMilliseconds:0} ms");
                    }
                }
            }
        }
        finally
        {
            await cluster.DownAsync(CancellationToken.None);
        }

        OutageTable.Print(Contenders, faults, _outages, rate);
        return 0;
    }

    private static NativeCluster CreateCluster()
    {
        var root = RepositoryRoot.Find();
        return new NativeCluster(new NativeClusterOptions
        {
            StateDirectory = Path.Combine(root, ".lab", "bench"),
            BalancerConfiguration = Path.Combine(root, "haproxy.cfg"),
            Ports = NativePorts.FromBase(6670),
        });
    }

    private async Task<TimeSpan?> TryMeasureAsync(ICluster cluster, IContender contender, Fault fault, CancellationToken cancellationToken)
    {
        var name = $"bench-{Guid.NewGuid():N}";
        var topology = Topology.Named(name);
        var endpoint = new ClusterEndpoint(cluster.Balancer.Host, cluster.Balancer.Port);
        var meter = new OutageMeter(Clock);

        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = new ClusterOptions { Endpoints = [endpoint], Topology = topology, ClientName = $"{name}-producer", Sessions = 3 },
        });
        await producer.PublishAsync(new OutgoingMessage { Body = "first"u8.ToArray() }, cancellationToken);
        using var streaming = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = StreamAsync(producer, streaming.Token);
        await using (await contender.StartAsync(endpoint, topology, name, meter.OnMessage, cancellationToken))
        {
            var node = (await cluster.FindNodesOfClientAsync(name, cancellationToken))[0];
            if (fault == Fault.Freeze && await LeadsAsync(cluster, node, topology.Queue, cancellationToken))
            {
                return null; // How long a frozen leader lasts is the brokers' affair, not the client's.
            }

            await UntilAsync(() => meter.Count > rate, cancellationToken);
            meter.Reset();
            await cluster.InjectAsync(node, fault, cancellationToken);
            await RecoveredAsync(meter, fault, cancellationToken);
            await streaming.CancelAsync();
            await stream;
        }

        var outage = meter.Longest();
        await cluster.HealAsync(cancellationToken: cancellationToken);
        await cluster.CtlAsync(cluster.Nodes[0].Name, ["delete_queue", topology.Queue], cancellationToken);
        return outage;
    }

    private async Task<TimeSpan> MeasureAsync(ICluster cluster, IContender contender, Fault fault, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryMeasureAsync(cluster, contender, fault, cancellationToken) is { } outage)
            {
                return outage;
            }
        }
    }

    private static async Task<bool> LeadsAsync(ICluster cluster, string node, string queue, CancellationToken cancellationToken)
    {
        var listed = await cluster.CtlAsync(cluster.Nodes[0].Name, ["--silent", "list_queues", "name", "leader"], cancellationToken);
        return listed.Output.Split('\n').Any(line => line.StartsWith(queue, StringComparison.Ordinal) && line.Contains($"{node}@", StringComparison.Ordinal));
    }

    /// <summary>Waits until the outage has come and gone, or lasts too long.</summary>
    private static async Task RecoveredAsync(OutageMeter meter, Fault fault, CancellationToken cancellationToken)
    {
        var injected = Clock.GetTimestamp();
        var least = TimeSpan.FromSeconds(fault == Fault.Freeze ? 6 : 2); // a frozen node is noticed within 4 s
        await UntilAsync(
            () => Clock.GetElapsedTime(injected) > least && (meter.SinceLast < Settled || meter.SinceLast > LongestOutage),
            cancellationToken);
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), Clock);
        while (!condition() && await timer.WaitForNextTickAsync(cancellationToken))
        {
        }
    }

    private async Task StreamAsync(ClusterProducer producer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1d / rate), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                _ = producer.PublishAsync(new OutgoingMessage { Body = "message"u8.ToArray() }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Measured.
        }
    }
}
