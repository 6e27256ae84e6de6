using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Engines;

/// <summary>Starts long-running programs that outlive this program and carry the lab's mark.</summary>
internal sealed class Launcher(LabLayout layout)
{
    /// <summary>
    /// Starts a program in its own session, so that a Ctrl-C in the terminal does not reach it. The program has no input, and its output goes to the log of
    /// <paramref name="role"/>. Returns when the program was started, not when it works.
    /// </summary>
    internal async Task StartAsync(
        string role, string program, IEnumerable<string> arguments, Dictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        environment[LabProcesses.LabVariable] = layout.Root;
        environment[LabProcesses.RoleVariable] = role;
        _ = await CliWrap.Cli.Wrap("setsid")
            .WithArguments(["--fork", "sh", "-c", """exec "$@" </dev/null >>"$0" 2>&1""", layout.LogOf(role), program, .. arguments])
            .WithEnvironmentVariables(environment)
            .WithWorkingDirectory(layout.Root)
            .ExecuteAsync(cancellationToken);
    }
}
