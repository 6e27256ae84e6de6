using System.Text.Json;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>
/// Finds out whether this machine reaches containers at their own addresses, as the lab must, past the balancer. Not every Docker engine that answers allows
/// that.
/// </summary>
internal static class EngineReach
{
    private const string KernelFile = "/proc/sys/kernel/osrelease";
    private const string Instead = "use a Docker engine on this machine that runs as root, or this machine's packages with --engine native.";

    /// <summary>Asks Docker where and what its engine is.</summary>
    /// <returns>Why its containers cannot be reached; null if they can.</returns>
    internal static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        // The current context, which DOCKER_HOST and DOCKER_CONTEXT select as well.
        var context = await DockerCli.RunAsync(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], cancellationToken);
        var info = await DockerCli.RunAsync(
            ["info", "--format", "{{json .OperatingSystem}}\n{{json .SecurityOptions}}\n{{json .KernelVersion}}"], cancellationToken);
        return Judge(
            context.ExitCode is 0 ? context.Output.Trim() : Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "",
            info.ExitCode is 0 ? info.Output : "",
            File.Exists(KernelFile) ? (await File.ReadAllTextAsync(KernelFile, cancellationToken)).Trim() : "");
    }

    /// <summary>Judges Docker's answers.</summary>
    /// <param name="host">The engine's endpoint.</param>
    /// <param name="info">The engine's operating system, security options and kernel, each as a line of JSON.</param>
    /// <param name="kernel">This machine's kernel; empty if this machine does not run Linux.</param>
    /// <returns>Why the engine's containers cannot be reached; null if they can.</returns>
    internal static string? Judge(string host, string info, string kernel)
    {
        var lines = info.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var (system, security, itsKernel) = lines is [var first, var second, var third, ..] ? (Text(first), second, Text(third)) : ("", "", "");
        var reason =
            host is not "" && !host.StartsWith("unix://", StringComparison.Ordinal) ? $"it runs elsewhere ({host})"
            : security.Contains("name=rootless", StringComparison.Ordinal) ? "it is rootless"
            : system.Contains("Docker Desktop", StringComparison.OrdinalIgnoreCase) ? "it is Docker Desktop, whose containers are in a virtual machine"
            : itsKernel is not "" && itsKernel != kernel ? $"it runs in a virtual machine (kernel {itsKernel})"
            : null;
        return reason is null ? null : $"Docker answers, but {reason}: nodes in its containers cannot be reached from here; {Instead}";
    }

    private static string Text(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(json) ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
