using ClusterTest.Benchmarks.Contenders;
using ClusterTest.Benchmarks.Parts;
using ClusterTest.Lab.Labs;
using ClusterTest.Reconnect;
using Fault = ClusterTest.Lab.Faults.Fault;

namespace ClusterTest.Benchmarks;

/// <summary>
/// Every contender consumes the same stream through the same balancer; the node that it is on is broken; the longest silence at the
/// consumer is its outage. The node is never the queue's leader. The stream comes from a producer with three sessions, so that the silence is the consumer's.
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
        var cluster = BenchLab.Create();
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
                        await Console.Error.WriteLineAsync($"round {round}/{rounds}  {fault.Name}  {contender.Name}: {outage.TotalMilliseconds:0} ms");
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

    /// <returns>The outage; <see langword="null"/> if the client is on no node but the queue's leader.</returns>
    private async Task<TimeSpan?> TryMeasureAsync(LabCluster cluster, IContender contender, Fault fault, CancellationToken cancellationToken)
    {
        var name = $"bench-{Guid.NewGuid():N}";
        var topology = Topology.Named(name);
        var endpoint = new ClusterEndpoint(cluster.Balancer.Host, cluster.Balancer.Port);
        var meter = new OutageMeter(Clock);
        TimeSpan? outage = null;

        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = new ClusterOptions { Endpoints = [endpoint], Topology = topology, ClientName = $"{name}-producer", Sessions = 3 },
        });
        await producer.PublishAsync(new OutgoingMessage { Body = "first"u8.ToArray() }, cancellationToken);
        using var streaming = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = StreamAsync(producer, streaming.Token);
        await using (await contender.StartAsync(endpoint, topology, name, meter.OnMessage, cancellationToken))
        {
            if (await FindNodeAsync(cluster, name, topology.Queue, cancellationToken) is { } node)
            {
                await UntilAsync(() => meter.Count > rate, cancellationToken);
                meter.Reset();
                await fault.InjectAsync(cluster, node, cancellationToken);
                await RecoveredAsync(meter, fault, cancellationToken);
                outage = meter.Longest();
            }

            await streaming.CancelAsync();
            await stream;
        }

        await cluster.HealAsync(cancellationToken: cancellationToken);
        await cluster.CtlAsync(cluster.Nodes[0].Name, ["delete_queue", topology.Queue], cancellationToken);
        return outage;
    }

    private async Task<TimeSpan> MeasureAsync(LabCluster cluster, IContender contender, Fault fault, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryMeasureAsync(cluster, contender, fault, cancellationToken) is { } outage)
            {
                return outage;
            }
        }
    }

    /// <summary>
    /// Finds a node that the client is on and that does not lead the queue: a leader's end costs an election, which is the brokers' affair
    /// and the same for every client.
    /// </summary>
    private static async Task<string?> FindNodeAsync(LabCluster cluster, string client, string queue, CancellationToken cancellationToken)
    {
        var leader = await cluster.FindLeaderAsync(queue, cancellationToken);
        return (await cluster.FindClientsAsync(cancellationToken)).FirstOrDefault(connection => connection.Name == client && connection.Node != leader)?.Node;
    }

    /// <summary>Waits until the outage has come and gone, or lasts too long.</summary>
    private static async Task RecoveredAsync(OutageMeter meter, Fault fault, CancellationToken cancellationToken)
    {
        var injected = Clock.GetTimestamp();
        var least = TimeSpan.FromSeconds(fault is Lab.Faults.Freeze ? 6 : 2); // a frozen node is noticed within 4 s
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
