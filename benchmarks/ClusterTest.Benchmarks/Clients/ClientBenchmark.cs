using ClusterTest.Cli;
using ClusterTest.Lab;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using Fault = ClusterTest.Lab.Faults.Fault;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>
/// Every client consumes in a drill of its own, on one cluster; the node that it is on, which does not lead the queue, is broken. Rounds are interleaved.
/// </summary>
internal sealed class ClientBenchmark(int rounds, int rate, IReadOnlyList<Fault> faults, string command)
{
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly string Results = Path.Combine(RepositoryRoot.Find(), "benchmarks", "results");

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var contenders = await ClientList.FindAsync(cancellationToken);
        List<ClientContender> there = [.. contenders.Where(static contender => contender.Missing is null)];
        var table = new ClientTable(contenders, faults);
        var began = Clock.GetUtcNow();
        var cluster = new LabCluster(new NativeClusterOptions
        {
            StateDirectory = Path.Combine(RepositoryRoot.Find(), ".lab", "bench"),
            Ports = NativePorts.FromBase(6670),
        });
        try
        {
            _ = await cluster.UpAsync(new Progress<string>(Console.Error.WriteLine), cancellationToken);
            var environment = await new LabTarget(cluster, Clock).DescribeAsync(cancellationToken);
            _ = await DrillAsync(cluster, there[0], faults[0], cancellationToken); // warms up the brokers and this process; not counted
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var fault in faults)
                {
                    // Each round begins with another contender, so that none always comes first or last.
                    foreach (var contender in there.Skip(round % there.Count).Concat(there.Take(round % there.Count)))
                    {
                        await MeasureAsync(cluster, table, contender, fault, round, cancellationToken);

                        // Also when somebody ends the run, what was measured until then is there.
                        await WriteAsync(table.Write(environment, began, rate, command), began, cancellationToken);
                    }
                }
            }

            await Console.Out.WriteLineAsync(table.Write(environment, began, rate, command));
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Interrupted. What was measured until then is in {Results}.");
            return ExitCode.Interrupted;
        }
        finally
        {
            _ = await cluster.DownAsync(CancellationToken.None);
        }
    }

    private async Task MeasureAsync(
        LabCluster cluster, ClientTable table, ClientContender contender, Fault fault, int round, CancellationToken cancellationToken)
    {
        var files = await DrillAsync(cluster, contender, fault, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var report = files.Report;
        var silence = await FaultSilence.InAsync(Path.Combine(files.Folder, "events.jsonl.gz"), cancellationToken);
        var failure = table[contender, fault].Add(report.Variants[0].Judgement.Verdict, silence);
        if (failure is null)
        {
            table.Pause(fault, silence.Queue);
        }

        var waited = silence.Waited is { } longest ? $", waited {longest.TotalMilliseconds:0} ms" : "";
        var outage = silence.Consumer is { } measured ? $"{measured.TotalMilliseconds:0} ms{waited}" : "not measured";
        var remark = failure is not null ? $": {failure}" : report.Outcome is Outcome.Passed ? "" : $": {string.Join(' ', report.Reasons)}";
        var said = $"round {round}/{rounds}, {fault.Name}, {contender.Name}: {outage}{remark}";
        await Console.Error.WriteLineAsync(said);
        if (report.Outcome is not Outcome.Passed)
        {
            table.Remark(said);
        }

        if (report.Clients is [var name])
        {
            table.Name(contender, name.Replace(" (consumer)", "", StringComparison.Ordinal));
        }
    }

    private async Task<DrillFiles> DrillAsync(LabCluster cluster, ClientContender contender, Fault fault, CancellationToken cancellationToken)
    {
        var options = new DrillOptions
        {
            Kind = DrillKind.Drill,
            Faults = [fault.Name],
            AtConsumer = true,
            Rate = rate,
            Hold = TimeSpan.FromSeconds(1),
            Clients = [ClientList.CommonProducer, .. contender.Client is { } client ? [client] : Array.Empty<Client>()],
            Variants = [new Variant("", contender.Sessions, QueueType.Quorum)],
            Seed = 1,
            ReportDirectory = Path.Combine(RepositoryRoot.Find(), ".lab", "bench-reports"),
        };
        var target = new LeaderElsewhere(cluster, new LabTarget(cluster, Clock), Clock);
        return await new Drill(target, options, new DrillProgress(Clock, static _ => { }), Clock).RunAsync(cancellationToken);
    }

    private static async Task WriteAsync(string page, DateTimeOffset began, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Results);
        await File.WriteAllTextAsync(Path.Combine(Results, $"clients-{began.UtcDateTime:yyyy-MM-dd}.md"), page, cancellationToken);
    }
}
