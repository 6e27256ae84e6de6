using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary>What the commands do. Each returns an exit code.</summary>
internal sealed class LabActions(LabChoice labs, TimeProvider time)
{
    private readonly LineProgress _progress = new(Console.Out);

    private DrillHost Host => new(LabConsole.Open(), _progress, time);

    internal async Task<int> UpAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var cluster = await labs.ChooseAsync(_progress, cancellationToken);
        if (await cluster.UpAsync(_progress, cancellationToken) is UpOutcome.AlreadyUp)
        {
            var status = await cluster.GetStatusAsync(cancellationToken);
            _progress.Report(status.IsHealthy
                ? $"It is up already. {Access(cluster)}."
                : status.Strays is not [] ? $"It is up already, but not one cluster. {status.StraysInWords} Start afresh with ./lab down and ./lab up."
                : $"It is up already, but not whole: {Faults(status)}. ./lab heal repairs it.");
            return ExitCode.Success;
        }

        _progress.Report($"Up after {time.GetElapsedTime(started).TotalSeconds:0.0} s. {Access(cluster)}. See ./lab status; end it by ./lab down.");
        return ExitCode.Success;
    }

    internal async Task<int> DownAsync(CancellationToken cancellationToken)
    {
        var (found, unseen) = await labs.FindAllAsync(cancellationToken);
        var ended = new List<string>();
        foreach (var cluster in found)
        {
            var isDrilled = DrillLock.IsTaken(cluster.StateDirectory);
            ended.AddRange(await cluster.DownAsync(cancellationToken) is 0 ? [] : [cluster.LogDirectory]);
            if (isDrilled)
            {
                _progress.Report($"A drill was at work on the lab in {cluster.StateDirectory}; it proves nothing now.");
            }
        }

        _progress.Report(ended is [] ? "Nothing was running." : $"Down. Nothing is left running; the logs are in {string.Join(" and ", ended)}");
        if (unseen is not null)
        {
            _progress.Report(unseen);
        }

        foreach (var directory in found.Select(static cluster => cluster.StateDirectory).Distinct())
        {
            if (LabFolder.Strangers(directory) is { Count: > 0 } strangers)
            {
                _progress.Report($"Left in {directory}, which the lab did not make: {string.Join(", ", strangers)}");
            }
        }

        return ExitCode.Success;
    }

    internal async Task<int> StatusAsync(OutputFormat output, CancellationToken cancellationToken)
    {
        var cluster = await labs.FindAsync(cancellationToken);
        var status = await cluster.GetStatusAsync(cancellationToken);
        if (output is OutputFormat.Json)
        {
            Console.WriteLine(StatusView.ToJson(status));
        }
        else if (!status.IsUp)
        {
            Console.WriteLine("The lab is not up. Start it with ./lab up.");
        }
        else
        {
            var console = LabConsole.Open();
            console.Write(StatusView.ToTable(status));
            console.WriteLine($"{Access(cluster)}; the balancer's page is {cluster.Statistics}");
            if (status.StraysInWords is { Length: > 0 } strays)
            {
                console.WriteLine(strays);
            }
        }

        return ExitCode.Success;
    }

    internal async Task<int> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        await (await labs.FindAsync(cancellationToken)).RunCtlAsync(node, arguments, cancellationToken);

    internal async Task<int> InjectAsync(Fault fault, string target, CancellationToken cancellationToken)
    {
        await fault.InjectAsync(await labs.FindAsync(cancellationToken), target, cancellationToken);
        _progress.Report($"{target}: {fault.Aftermath}");
        return ExitCode.Success;
    }

    internal async Task<int> HealAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await (await labs.FindAsync(cancellationToken)).HealAsync(_progress, cancellationToken);
        _progress.Report($"Whole: all nodes run in one cluster and the balancer sees them ({time.GetElapsedTime(started).TotalSeconds:0.0} s).");
        return ExitCode.Success;
    }

    internal async Task<int> DrillAsync(DrillOptions drill, CancellationToken cancellationToken)
    {
        var cluster = await labs.ChooseAsync(_progress, cancellationToken);
        using var held = DrillLock.Take(cluster.StateDirectory);
        return await Host.RunOnLabAsync(cluster, drill, cancellationToken);
    }

    internal async Task<int> DrillAsync(ForeignCluster foreign, DrillOptions drill, bool showsPassword, CancellationToken cancellationToken)
    {
        if (showsPassword)
        {
            await CommandLine.ComplainAsync($"The password in --uri shows in the list of processes; use --password-file, or the variable {ConnectionOptions.UriVariable}.");
        }

        var unhealed = UnhealedFaults.Of(foreign.Uri, time);
        using var held = DrillLock.Take(unhealed.LockFile, $"{foreign.Uri.Endpoint}", "two at a time would heal each other's faults");
        var target = new ForeignTarget(foreign, drill.FaultTimeout, unhealed, time);
        await target.RecallAsync(_progress, cancellationToken);
        return await Host.RunAsync(target, drill, cancellationToken);
    }

    private static string Access(LabCluster cluster) => cluster.Secrets is { } secrets
        ? $"Clients connect to amqps://{LabSecrets.UserName}@{cluster.Balancer} with the certificate and the password in {secrets.Directory}"
        : $"Clients connect to {cluster.Balancer}";

    private static string Faults(ClusterStatus status) =>
        string.Join(", ", status.Nodes.Where(static node => !node.IsHealthy).Select(static node => $"{node.Name} {node.State.ToWords()}"));
}
