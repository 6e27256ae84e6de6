using System.Text.Json;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>Whether this machine reaches containers at their own addresses, as the lab must, past the balancer: not with every engine that answers.</summary>
internal static class EngineReach
{
    private const string KernelFile = "/proc/sys/kernel/osrelease";
    private const string Instead = "take an engine of this machine that runs as root, or this machine's packages by --engine native.";

    /// <summary>Asks an engine that answers where and what it is.</summary>
    /// <returns>Why containers on it cannot be reached; null if they can.</returns>
    internal static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        // The context that is in force, which DOCKER_HOST and DOCKER_CONTEXT choose as well.
        var context = await DockerCli.RunAsync(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], cancellationToken);
        var info = await DockerCli.RunAsync(["info", "--format", "{{json .OperatingSystem}}\n{{json .SecurityOptions}}\n{{json .KernelVersion}}"], cancellationToken);
        return Judge(
            context.ExitCode is 0 ? context.Output.Trim() : Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "",
            info.ExitCode is 0 ? info.Output : "",
            File.Exists(KernelFile) ? (await File.ReadAllTextAsync(KernelFile, cancellationToken)).Trim() : "");
    }

    /// <summary>The same, from what was said.</summary>
    /// <param name="host">The engine's endpoint.</param>
    /// <param name="info">Its operating system, its security options and its kernel, each a line of JSON.</param>
    /// <param name="kernel">This machine's kernel; empty if it is no Linux.</param>
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
