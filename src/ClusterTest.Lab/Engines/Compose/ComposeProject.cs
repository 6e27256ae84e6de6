using System.Globalization;
using System.Text.Json;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>A Compose project as a whole: its images, its start and its end.</summary>
internal sealed class ComposeProject(ComposeClusterOptions options)
{
    // The power switch of a cluster manager talks to the engine itself.
    private const string DefaultSocket = "/var/run/docker.sock";
    private const string SocketScheme = "unix://";
    private const string NetworkIsTaken = "Pool overlaps"; // what Docker says of an address range

    private static readonly string[] ListOfImages = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"];

    private readonly string _label = $"label=com.docker.compose.project={options.Project}";

    /// <summary>Pulls the images that are not on this machine and are not built here.</summary>
    /// <exception cref="LabException">An image cannot be pulled.</exception>
    internal async Task ObtainImagesAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        foreach (var image in Lines(await ComposeOrFailAsync(["config", "--images"], cancellationToken)).Distinct())
        {
            if (image.StartsWith($"{options.Project}-", StringComparison.Ordinal)
                || (await DockerCli.RunAsync(["image", "inspect", image], cancellationToken)).ExitCode is 0)
            {
                continue;
            }

            progress?.Report($"Pulling {image}");
            var pulled = await DockerCli.RunAsync(["pull", "--quiet", image], cancellationToken);
            if (pulled.ExitCode is not 0)
            {
                throw new LabException(
                    $"The image {image} is not on this machine and cannot be pulled: {pulled.Error.Trim()}. "
                    + $"Name images that you can get in {ImageVariables}.");
            }
        }
    }

    /// <summary>Builds the images that the Compose files say how to make.</summary>
    /// <exception cref="LabException">An image cannot be built.</exception>
    internal async Task BuildAsync(CancellationToken cancellationToken)
    {
        if (options.Topology.IsManaged)
        {
            _ = await ComposeOrFailAsync(["build", "--quiet"], cancellationToken);
        }
    }

    /// <summary>Creates and starts all containers; returns when all of them are healthy.</summary>
    /// <exception cref="LabException">A container is not healthy in time, or cannot start.</exception>
    internal async Task UpAsync(CancellationToken cancellationToken)
    {
        // Compose's own --wait-timeout does not count the time that one service waits for another.
        using var deadline = new CancellationTokenSource(options.StartTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var result = await ComposeAsync(["up", "--detach", "--wait"], either.Token);
            if (result.Error.Contains(NetworkIsTaken, StringComparison.Ordinal))
            {
                throw new LabException(
                    $"The network {options.Ports.Network}.0/24, which the hosts need, is taken on this machine, by another lab for example. "
                    + "End that one with its ./lab down, or give this one another --port-base: its network is another one, too.");
            }

            if (result.ExitCode is not 0)
            {
                throw new LabException(
                    $"docker compose up ended with exit code {result.ExitCode}: {string.Join("; ", Lines(result.Error).TakeLast(3))}. "
                    + $"{await ComplaintsAsync()}The logs are in {options.StateDirectory}.");
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException(
                $"The containers are not healthy after {options.StartTimeout.TotalSeconds:0} s. "
                + $"{await ComplaintsAsync()}The logs are in {options.StateDirectory}.",
                exception);
        }
    }

    /// <summary>The output of the health checks of containers that are not healthy. No log contains it.</summary>
    private async Task<string> ComplaintsAsync()
    {
        var ids = await FindContainersAsync(CancellationToken.None);
        var inspected = ids.Count is 0 ? null : await DockerCli.RunAsync(["inspect", "--type", "container", .. ids], CancellationToken.None);
        var complaints = inspected is { ExitCode: 0 } ? Container.Parse(inspected.Output).Where(static container => container.Complaint is not null) : [];
        return string.Concat(complaints.Select(static container => $"The health check of {container.Service} says: {container.Complaint}. "));
    }

    /// <summary>Copies the secrets that the project's setup container has made. Only this user may read the copy.</summary>
    internal async Task CopySecretsAsync(string directory, CancellationToken cancellationToken)
    {
        var copy = await ComposeAsync(["cp", "setup:/secrets", directory], cancellationToken);
        if (copy.ExitCode is not 0)
        {
            throw new LabException($"docker compose cp ended with exit code {copy.ExitCode}: {copy.Error.Trim()}");
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The address that the Compose files give to a service; null if it takes any.</summary>
    internal async Task<string?> FindFixedAddressAsync(string service, CancellationToken cancellationToken)
    {
        if (!options.Topology.IsManaged)
        {
            return null;
        }

        using var document = JsonDocument.Parse(await ComposeOrFailAsync(["config", "--format", "json"], cancellationToken));
        return document.RootElement.GetProperty("services").GetProperty(service).TryGetProperty("networks", out var networks)
            && networks.EnumerateObject().FirstOrDefault().Value is { ValueKind: JsonValueKind.Object } network
            && network.TryGetProperty("ipv4_address", out var address)
            ? address.GetString()
            : null;
    }

    /// <summary>The ids of the project's containers, in any state.</summary>
    internal async Task<IReadOnlyList<string>> FindContainersAsync(CancellationToken cancellationToken) =>
        Lines(await DockerCli.RunOrFailAsync(["ps", "--all", "--no-trunc", "--quiet", "--filter", _label], cancellationToken));

    /// <summary>The project's only network.</summary>
    internal async Task<string> FindNetworkAsync(CancellationToken cancellationToken) =>
        Lines(await DockerCli.RunOrFailAsync(["network", "ls", "--no-trunc", "--quiet", "--filter", _label], cancellationToken)) is [var network, ..]
            ? network
            : throw new LabException($"The network of the project {options.Project} is gone. Start the lab anew with ./lab down and ./lab up.");

    /// <summary>This machine's address in the project's network.</summary>
    internal async Task<string> FindGatewayAsync(CancellationToken cancellationToken) =>
        (await DockerCli.RunOrFailAsync(
            ["network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", await FindNetworkAsync(cancellationToken)], cancellationToken)).Trim();

    /// <summary>
    /// Removes containers, networks, volumes and images that were built for the project, including those that a command still under way has just made.
    /// </summary>
    internal async Task RemoveAsync(CancellationToken cancellationToken)
    {
        // Compose removes everything that its files name. The loop removes by the project's label everything that Compose left, or failed on.
        _ = await ComposeAsync(["down", "--volumes", "--remove-orphans", "--timeout", "0"], cancellationToken);
        for (var misses = 0; misses < 2;)
        {
            string[] containers = [.. await FindContainersAsync(cancellationToken)];
            string[] networks =
                [.. Lines(await DockerCli.RunOrFailAsync(["network", "ls", "--no-trunc", "--quiet", "--filter", _label], cancellationToken))];
            string[] volumes = [.. Lines(await DockerCli.RunOrFailAsync(["volume", "ls", "--quiet", "--filter", _label], cancellationToken))];
            // The Compose files name the images that they make after the project.
            string[] images =
                [.. Lines(await DockerCli.RunOrFailAsync([.. ListOfImages, "--filter", $"reference={options.Project}-*"], cancellationToken))];
            misses = containers is [] && networks is [] && volumes is [] && images is [] ? misses + 1 : 0;
            await RemoveAsync(["rm", "--force", "--volumes"], containers, cancellationToken);
            await RemoveAsync(["network", "rm"], networks, cancellationToken);
            await RemoveAsync(["volume", "rm", "--force"], volumes, cancellationToken);
            await RemoveAsync(["image", "rm"], images, cancellationToken);
        }
    }

    // The Compose files take the images from these variables. A user who cannot get the images has to set the variables.
    private string ImageVariables => string.Join(
        ", ", (options.Topology.Standby is null ? [] : options.Topology.BrokerNames).Select(VariableOf).Append("RABBITMQ_IMAGE and HAPROXY_IMAGE"));

    private static string VariableOf(string node) => $"{node.ToUpperInvariant()}_IMAGE";

    private static async Task RemoveAsync(string[] command, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length > 0)
        {
            _ = await DockerCli.RunOrFailAsync([.. command, .. names], cancellationToken);
        }
    }

    private async Task<string> ComposeOrFailAsync(string[] arguments, CancellationToken cancellationToken) =>
        await ComposeAsync(arguments, cancellationToken) is var result && result.ExitCode is 0
            ? result.Output
            : throw new LabException($"docker compose {arguments[0]} failed on {string.Join(", ", Files())}: {result.Error.Trim()}");

    private async Task<CtlResult> ComposeAsync(string[] arguments, CancellationToken cancellationToken) =>
        await DockerCli.RunAsync(
            [
                "compose", "--project-name", options.Project,
                .. Files().SelectMany(static file => new[] { "--file", file }),
                "--progress", "plain",
                .. arguments,
            ],
            cancellationToken,
            await EnvironmentAsync(cancellationToken));

    private IEnumerable<string> Files() => options.Topology.ComposeFiles
        .Concat(options.Secure ? [options.Topology.SecureComposeFile] : [])
        .Select(file => Path.Combine(options.Checkout, file));

    private async Task<Dictionary<string, string?>> EnvironmentAsync(CancellationToken cancellationToken)
    {
        var environment = Environment();
        if (options.Topology.IsManaged)
        {
            var host = await DockerCli.RunAsync(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], cancellationToken);
            var version = await DockerCli.RunAsync(["version", "--format", "{{.Server.APIVersion}}"], cancellationToken);
            environment["PAIR_NETWORK"] = options.Ports.Network;
            environment["DOCKER_SOCKET"] =
                host.Output.Trim() is { } socket && socket.StartsWith(SocketScheme, StringComparison.Ordinal) ? socket[SocketScheme.Length..] : DefaultSocket;
            environment["DOCKER_API"] = version.ExitCode is 0 ? version.Output.Trim() : null;
        }

        return environment;
    }

    private Dictionary<string, string?> Environment() => new(options.Images.Select(static image =>
        KeyValuePair.Create<string, string?>(VariableOf(image.Key), image.Value)))
    {
        ["BALANCER_PORT"] = Text(options.Ports.Balancer),
        ["BALANCER_TLS_PORT"] = Text(options.Ports.BalancerTls),
        ["STATISTICS_PORT"] = Text(options.Ports.Statistics),
        ["MANAGEMENT_PORT"] = Text(options.Ports.Management),
        ["NODE_PORT"] = Text(options.Ports.Node),
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
