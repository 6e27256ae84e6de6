using System.Diagnostics;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>Three brokers and a balancer in containers, by Docker Compose.</summary>
/// <remarks>
/// Nodes are reached at their containers' addresses, past the balancer: that takes a Docker engine on this very machine, and Linux.
/// Elsewhere the balancer works, and states, drills and faults do not.
/// </remarks>
public sealed class ComposeCluster : LabCluster
{
    private const int AmqpPort = 5672;
    private const int TlsPort = 5671;
    private const int MostPauses = 5;

    private static readonly TimeSpan PauseInterval = TimeSpan.FromMilliseconds(200);

    private readonly ComposeClusterOptions _options;
    private readonly LabLayout _layout;
    private readonly ComposeProject _project;
    private IReadOnlyList<string> _containerIds = [];

    /// <summary>A cluster that may or may not be running; nothing is touched yet.</summary>
    public ComposeCluster(ComposeClusterOptions options)
        : this(options, new LabLayout(RealPath.Of(options.StateDirectory)))
    {
    }

    private ComposeCluster(ComposeClusterOptions options, LabLayout layout)
        : base(options, options.Ports, layout)
    {
        (_options, _layout) = (options, layout);
        _project = new ComposeProject(options);
    }

    private int NodePort => Secrets is null ? AmqpPort : TlsPort;

    /// <inheritdoc/>
    public override Engine Engine => Engine.Compose;

    private protected override string Whereabouts => $" in containers, Compose project {_options.Project}";

    internal override bool MarksPartitions => false;

    /// <inheritdoc/>
    public override async Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default) =>
        await FindContainerAsync(BalancerRole, cancellationToken) is { State: not PartState.Down } balancer
            ? BalancerVersion.Parse((await DockerCli.RunAsync(["exec", balancer.Id, BalancerProgram, "-v"], cancellationToken)).Output)
            : null;

    internal override async Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await RequireEngineAsync(cancellationToken);
        if (await EngineReach.FindObstacleAsync(cancellationToken) is { } obstacle)
        {
            throw new LabException(obstacle);
        }

        await _project.ObtainImagesAsync(progress, cancellationToken);
    }

    private protected override async Task RequireEngineAsync(CancellationToken cancellationToken)
    {
        if (await DockerCli.FindObstacleAsync(cancellationToken) is { } obstacle)
        {
            throw new LabException(WithLab(obstacle));
        }
    }

    /// <summary>What keeps the lab from being reached, with which lab that is, if it is known to be there.</summary>
    internal string WithLab(string obstacle) => Folder.Engine is Engine.Compose
        ? $"The lab in {StateDirectory} runs in containers, and they cannot be reached. {obstacle}"
        : obstacle;

    private protected override async Task<bool> ExistsAsync(CancellationToken cancellationToken) => (await InspectAsync(cancellationToken)).Count > 0;

    private protected override async Task<IReadOnlyDictionary<string, LabPart>> FindPartsAsync(CancellationToken cancellationToken)
    {
        var containers = await InspectAsync(cancellationToken);
        return NodeNames.Append(BalancerRole).ToDictionary(static part => part, part => containers.FirstOrDefault(container => IsOf(part, container)) is { } found
            ? new LabPart(found.State, found.IpAddress is { } address ? new AmqpAddress(address, NodePort) : null)
            : new LabPart(PartState.Down, Address: null));
    }

    private protected override async Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken) =>
        (await FindPartsAsync(cancellationToken))[part].State is PartState.Down;

    private protected override async Task<CtlResult> RunToolAsync(string tool, string node, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        await DockerCli.RunAsync(["exec", await IdOfAsync(node, cancellationToken), tool, .. arguments], cancellationToken);

    private protected override async Task<int> PassThroughAsync(string node, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string[] terminal = Console.IsInputRedirected || Console.IsOutputRedirected ? [] : ["--tty"];
        return await ForegroundProcess.RunAsync(
            new ProcessStartInfo(DockerCli.Program, ["exec", "--interactive", .. terminal, await IdOfAsync(node, cancellationToken), BrokerTool.Ctl, .. arguments]), cancellationToken);
    }

    private protected override LabMarker Marker => new LabMarker { Engine = Engine.Compose }.With(_options.Ports);

    private protected override async Task StartPartsAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await _project.UpAsync(cancellationToken);
        if (_options.Secure)
        {
            await _project.CopySecretsAsync(_layout.Secrets, cancellationToken);
        }

        foreach (var node in Nodes)
        {
            await WaitForNodeAsync(node, cancellationToken);
            progress?.Report($"  {node.Name}    {await FindAddressAsync(node.Name, cancellationToken)}   running");
        }
    }

    private protected override async Task LaunchAsync(string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        await ConnectAsync(container, cancellationToken);
        _ = await DockerCli.RunOrFailAsync(["start", container.Id], cancellationToken);
    }

    private protected override async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var programs = await Processes.KillAsync(cancellationToken: cancellationToken);
        var containers = await InspectAsync(cancellationToken);
        if (Directory.Exists(_layout.Logs))
        {
            await Task.WhenAll(containers.Select(container => SaveLogAsync(container, cancellationToken)));
        }

        await _project.RemoveAsync(cancellationToken);
        _containerIds = [];
        return programs + containers.Count;
    }

    private protected override async Task<string> LogTailAsync(string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        await SaveLogAsync(container, cancellationToken);
        return LogTail.Of(_layout.LogOf(container.Service));
    }

    internal override Task KillAsync(string part, CancellationToken cancellationToken) => EndAsync("kill", part, cancellationToken);

    // The Compose file says how long that may take before it is killed after all.
    internal override Task TerminateAsync(string part, CancellationToken cancellationToken) => EndAsync("stop", part, cancellationToken);

    // A kernel's freezer does not freeze processes that just start others. The runtime (runc) thaws them after a thousand tries, says so, and leaves it to
    // its caller to try again (opencontainers/runc#2791, #4388).
    internal override async Task FreezeAsync(string node, CancellationToken cancellationToken)
    {
        string[] pause = ["pause", await IdOfAsync(node, cancellationToken)];
        for (var left = MostPauses - 1; ; left--)
        {
            try
            {
                _ = await DockerCli.RunOrFailAsync(pause, cancellationToken);
                return;
            }
            catch (LabException failure) when (left > 0 && failure.Message.Contains("unable to freeze", StringComparison.Ordinal))
            {
                await Task.Delay(PauseInterval, TimeProvider.System, cancellationToken);
            }
        }
    }

    private protected override async Task ThawAsync(string node, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(node, cancellationToken);
        if (container.State is PartState.Frozen)
        {
            _ = await DockerCli.RunOrFailAsync(["unpause", container.Id], cancellationToken);
        }
    }

    internal override async Task CutOffAsync(string node, CancellationToken cancellationToken)
    {
        var network = await _project.FindNetworkAsync(cancellationToken);
        _ = await DockerCli.RunOrFailAsync(["network", "disconnect", network, await IdOfAsync(node, cancellationToken)], cancellationToken);
    }

    internal override async Task<IReadOnlySet<string>> FindPeersAsync(string node, CancellationToken cancellationToken)
    {
        var id = await IdOfAsync(node, cancellationToken);
        var sockets = await DockerCli.RunOrFailAsync(["exec", id, "cat", "/proc/net/tcp", "/proc/net/tcp6"], cancellationToken);
        return PortOwner.Peers(sockets.Split('\n'), NodePort).ToHashSet();
    }

    private protected override Task RepairEngineAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A fault that was cut short may have ended it already.
    private async Task EndAsync(string command, string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        if (container.State is not PartState.Down)
        {
            _ = await DockerCli.RunOrFailAsync([command, container.Id], cancellationToken);
        }

        await UntilAsync(token => IsGoneAsync(part, token), cancellationToken);
    }

    /// <summary>Undoes a partition: under the name by which the others and the balancer know it, though maybe at another address.</summary>
    private async Task ConnectAsync(Container container, CancellationToken cancellationToken)
    {
        var network = await _project.FindNetworkAsync(cancellationToken);
        var connected = await DockerCli.RunAsync(["network", "connect", "--alias", container.Service, network, container.Id], cancellationToken);
        if (connected.ExitCode is not 0 && !connected.Error.Contains("already exists", StringComparison.Ordinal))
        {
            throw new LabException($"{container.Service} cannot be connected to its network: {connected.Error.Trim()}");
        }
    }

    private async Task SaveLogAsync(Container container, CancellationToken cancellationToken)
    {
        var log = await DockerCli.RunAsync(["logs", container.Id], cancellationToken);
        await File.WriteAllTextAsync(_layout.LogOf(container.Service), log.Output + log.Error, cancellationToken);
    }

    private async Task<string> IdOfAsync(string part, CancellationToken cancellationToken) => (await FindContainerAsync(part, cancellationToken)).Id;

    private async Task<Container> FindContainerAsync(string part, CancellationToken cancellationToken) =>
        (await InspectAsync(cancellationToken)).FirstOrDefault(container => IsOf(part, container))
        ?? throw new LabException($"{part} has no container. Start afresh with ./lab down and ./lab up.");

    private async Task<IReadOnlyList<Container>> InspectAsync(CancellationToken cancellationToken)
    {
        // Containers keep their ids while the lab is up: they are looked up again only when one of them is gone.
        if (_containerIds.Count > 0 && await DockerCli.RunAsync(["inspect", "--type", "container", .. _containerIds], cancellationToken) is { ExitCode: 0 } known)
        {
            return Container.Parse(known.Output);
        }

        _containerIds = await _project.FindContainersAsync(cancellationToken);
        return _containerIds.Count is 0
            ? []
            : Container.Parse(await DockerCli.RunOrFailAsync(["inspect", "--type", "container", .. _containerIds], cancellationToken));
    }

    private static bool IsOf(string part, Container container) => container.Service == (part is BalancerRole ? BalancerProgram : part);
}
