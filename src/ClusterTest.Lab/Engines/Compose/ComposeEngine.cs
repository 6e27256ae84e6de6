using System.Diagnostics;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>Runs parts in containers, with Docker Compose.</summary>
/// <remarks>
/// The lab reaches nodes at their containers' addresses, past the balancer. That needs Linux, and a Docker engine on this machine. Otherwise the balancer
/// works, but states, drills and faults do not.
/// </remarks>
internal sealed class ComposeEngine : IEngine
{
    private const string BalancerService = "haproxy";
    private const int AmqpPort = 5672;
    private const int TlsPort = 5671;
    private const int MostPauses = 5;

    private static readonly TimeSpan PauseInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly ComposeClusterOptions _options;
    private readonly LabLayout _layout;
    private readonly ComposeProject _project;
    private readonly LabProcesses _processes;
    private IReadOnlyList<string> _containerIds = [];

    /// <summary>Makes an engine. Touches nothing.</summary>
    internal ComposeEngine(ComposeClusterOptions options)
    {
        (_options, _layout) = (options, new LabLayout(RealPath.Of(options.StateDirectory)));
        _project = new ComposeProject(options);
        _processes = new LabProcesses(_layout.Root, options.Time);
    }

    /// <inheritdoc/>
    public Engine Kind => Engine.Compose;

    /// <inheritdoc/>
    public string Whereabouts => $" in containers, Compose project {_options.Project}";

    /// <inheritdoc/>
    public LabPorts Ports => _options.Ports;

    /// <inheritdoc/>
    public LabMarker Marker => new LabMarker { Engine = Engine.Compose }.With(_options.Ports);

    /// <inheritdoc/>
    public bool CanCut => true;

    private int NodePort => _layout.FindSecrets() is null ? AmqpPort : TlsPort;

    /// <inheritdoc/>
    public async Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (_options.Topology.ComposeFiles is [])
        {
            throw new LabException(
                $"The topology {_options.Topology.Name} has no Compose file, so that it cannot run in containers. Start it with --engine native.");
        }

        if (LabFolder.Look(_layout.Root).Engine is not Engine.Compose && await DockerCli.FindObstacleAsync(cancellationToken) is { } missing)
        {
            throw new LabException($"{missing} Leave --engine out, or give --engine native: the lab then runs on this machine's packages.");
        }

        await RequireAsync(cancellationToken);
        if (await EngineReach.FindObstacleAsync(cancellationToken) is { } obstacle)
        {
            throw new LabException(obstacle);
        }

        await _project.ObtainImagesAsync(progress, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (await DockerCli.FindObstacleAsync(cancellationToken) is { } obstacle)
        {
            throw new LabException(LabFolder.Look(_layout.Root).WithLab(obstacle));
        }
    }

    /// <inheritdoc/>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await _project.BuildAsync(cancellationToken);
        await _project.UpAsync(cancellationToken);
        if (_options.Secure)
        {
            await _project.CopySecretsAsync(_layout.Secrets, cancellationToken);
        }

        return true;
    }

    /// <inheritdoc/>
    public Task RepairAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) => (await InspectAsync(cancellationToken)).Count > 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, LabPart>> LookAsync(CancellationToken cancellationToken)
    {
        var containers = await InspectAsync(cancellationToken);
        return _options.Topology.Parts.ToDictionary(static part => part, part => containers.FirstOrDefault(container => IsOf(part, container)) is { } found
            ? new LabPart(found.State, found.IpAddress is { } address ? new AmqpAddress(address, NodePort) : null)
            : new LabPart(PartState.Down, Address: null));
    }

    /// <inheritdoc/>
    public async Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken))[part].State is PartState.Down;

    /// <inheritdoc/>
    public bool? IsListening(AmqpAddress address) => null;

    /// <inheritdoc/>
    public AmqpAddress InnerAddressOf(string node) => new(_options.Topology.IsManaged ? _options.Ports.AddressOf(node) : node, NodePort);

    /// <inheritdoc/>
    public AmqpAddress EntranceOf(string node) =>
        node is Topology.Address ? new AmqpAddress(_options.Ports.VirtualAddress, AmqpPort) : new AmqpAddress("localhost", _options.Ports.Node);

    /// <inheritdoc/>
    public Task<string> FindHostAsync(CancellationToken cancellationToken) => _project.FindGatewayAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> FindPeersAsync(string part, CancellationToken cancellationToken)
    {
        var id = await IdOfAsync(part, cancellationToken);
        var sockets = await DockerCli.RunOrFailAsync(["exec", id, "cat", "/proc/net/tcp", "/proc/net/tcp6"], cancellationToken);
        return PortOwner.Peers(sockets.Split('\n'), NodePort).ToHashSet();
    }

    /// <inheritdoc/>
    public async Task StartAsync(string part, CancellationToken cancellationToken) =>
        _ = await DockerCli.RunOrFailAsync(["start", await IdOfAsync(part, cancellationToken)], cancellationToken);

    /// <summary>Asks a part to end. The Compose file says after what time Docker kills the part.</summary>
    public Task EndAsync(string part, CancellationToken cancellationToken) => EndByAsync("stop", part, cancellationToken);

    /// <inheritdoc/>
    public Task KillAsync(string part, CancellationToken cancellationToken) => EndByAsync("kill", part, cancellationToken);

    /// <inheritdoc/>
    public async Task PauseAsync(string part, CancellationToken cancellationToken)
    {
        // The kernel does not freeze processes that are just starting others. The runtime (runc) gives up after a thousand tries, thaws the processes, reports
        // the error, and leaves it to its caller to try again (opencontainers/runc#2791, #4388).
        string[] pause = ["pause", await IdOfAsync(part, cancellationToken)];
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

    /// <inheritdoc/>
    public async Task ResumeAsync(string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        if (container.State is PartState.Frozen)
        {
            _ = await DockerCli.RunOrFailAsync(["unpause", container.Id], cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task CutAsync(string part, CancellationToken cancellationToken)
    {
        var network = await _project.FindNetworkAsync(cancellationToken);
        _ = await DockerCli.RunOrFailAsync(["network", "disconnect", network, await IdOfAsync(part, cancellationToken)], cancellationToken);
    }

    /// <summary>
    /// Connects a part to the network under the name by which the other parts know it. Its address may be a new one, unless the Compose file gives it one.
    /// </summary>
    public async Task JoinAsync(string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        var network = await _project.FindNetworkAsync(cancellationToken);
        string[] address = await _project.FindFixedAddressAsync(container.Service, cancellationToken) is { } known ? ["--ip", known] : [];
        var connected = await DockerCli.RunAsync(
            ["network", "connect", "--alias", container.Service, .. address, network, container.Id], cancellationToken);
        if (connected.ExitCode is not 0 && !connected.Error.Contains("already exists", StringComparison.Ordinal))
        {
            throw new LabException($"{container.Service} cannot be connected to its network: {connected.Error.Trim()}");
        }
    }

    /// <inheritdoc/>
    public async Task<CtlResult> ExecAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        await DockerCli.RunAsync(["exec", await IdOfAsync(part, cancellationToken), program, .. arguments], cancellationToken);

    /// <inheritdoc/>
    public async Task<int> ExecInForegroundAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string[] terminal = Console.IsInputRedirected || Console.IsOutputRedirected ? [] : ["--tty"];
        return await ForegroundProcess.RunAsync(
            new ProcessStartInfo(
                DockerCli.Program, ["exec", "--interactive", .. terminal, await IdOfAsync(part, cancellationToken), program, .. arguments]),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string> LogTailAsync(string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        await SaveLogAsync(container, cancellationToken);
        return LogTail.Of(_layout.LogOf(container.Service));
    }

    /// <inheritdoc/>
    public async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var programs = await _processes.KillAsync(cancellationToken: cancellationToken);
        var containers = await InspectAsync(cancellationToken);
        if (Directory.Exists(_layout.Logs))
        {
            await Task.WhenAll(containers.Select(container => SaveLogAsync(container, cancellationToken)));
        }

        await _project.RemoveAsync(cancellationToken);
        _containerIds = [];
        return programs + containers.Count;
    }

    // A fault that was cut short may have ended the part already.
    private async Task EndByAsync(string command, string part, CancellationToken cancellationToken)
    {
        var container = await FindContainerAsync(part, cancellationToken);
        if (container.State is not PartState.Down)
        {
            _ = await DockerCli.RunOrFailAsync([command, container.Id], cancellationToken);
        }

        while (!await IsGoneAsync(part, cancellationToken))
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
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
        ?? throw new LabException($"{part} has no container. Start the lab anew with ./lab down and ./lab up.");

    private async Task<IReadOnlyList<Container>> InspectAsync(CancellationToken cancellationToken)
    {
        // Containers keep their ids while the lab is up. The lab looks them up again only if one of them is gone.
        if (_containerIds.Count > 0
            && await DockerCli.RunAsync(["inspect", "--type", "container", .. _containerIds], cancellationToken) is { ExitCode: 0 } known)
        {
            return Container.Parse(known.Output);
        }

        _containerIds = await _project.FindContainersAsync(cancellationToken);
        return _containerIds.Count is 0
            ? []
            : Container.Parse(await DockerCli.RunOrFailAsync(["inspect", "--type", "container", .. _containerIds], cancellationToken));
    }

    private static bool IsOf(string part, Container container) => container.Service == (part is Topology.Balancer ? BalancerService : part);
}
