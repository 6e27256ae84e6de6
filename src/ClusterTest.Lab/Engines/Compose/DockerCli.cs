using CliWrap;
using CliWrap.Buffered;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>Runs <c>docker</c> with this program's environment: <c>DOCKER_HOST</c> and contexts have their usual meaning.</summary>
internal static class DockerCli
{
    internal const string Program = "docker";

    // After an interrupt, docker tells the Docker engine to stop the work under way. It gets this long before it is killed.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>Whether this machine has <c>docker</c>.</summary>
    internal static bool IsInstalled => MachinePrograms.Find(Program) is not null;

    /// <summary>Runs <c>docker</c> and returns its exit code and its output.</summary>
    internal static async Task<CtlResult> RunAsync(
        IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null)
    {
        RequireInstalled();
        using var forced = new CancellationTokenSource();
        await using var interrupted = cancellationToken.Register(() => forced.CancelAfter(GracePeriod));
        var result = await OwnSession.Wrap(Program, arguments)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, forced.Token, cancellationToken);
        return new CtlResult(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    /// <summary>Runs <c>docker</c> and returns its standard output.</summary>
    /// <exception cref="LabException"><c>docker</c> failed. The message holds its output.</exception>
    internal static async Task<string> RunOrFailAsync(
        IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null)
    {
        List<string> command = [.. arguments];
        var result = await RunAsync(command, cancellationToken, environment);
        return result.ExitCode is 0
            ? result.Output
            : throw new LabException($"docker {command[0]} ended with exit code {result.ExitCode}: {(result.Error + result.Output).Trim()}");
    }

    /// <summary>Why this machine cannot run a lab in containers; null if it can.</summary>
    internal static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (!IsInstalled)
        {
            return "Docker is not installed: there is no docker in the PATH.";
        }

        var engine = await RunAsync(["version", "--format", "{{.Server.Version}}"], cancellationToken);
        if (engine.ExitCode is not 0)
        {
            return $"Docker does not answer: {engine.Error.Trim()}";
        }

        var compose = await RunAsync(["compose", "version", "--short"], cancellationToken);
        return compose.ExitCode is 0 && compose.Output.Trim().TrimStart('v') is [not '1', ..]
            ? null
            : "Docker has no Compose of version 2 or later: docker compose version does not answer.";
    }

    private static void RequireInstalled()
    {
        if (!IsInstalled)
        {
            throw new LabException("Docker is not installed: there is no docker in the PATH.");
        }
    }
}
