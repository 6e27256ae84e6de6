using ClusterTest.Cli;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>How the user's own faults are undone.</summary>
/// <param name="Heal">The command that undoes the faults; null if there is none.</param>
/// <param name="Ready">The command that is repeated after healing until it ends with exit code 0; null if nothing has to be waited for.</param>
/// <param name="HealsItself">Whether every fault ends by itself, as a restart does.</param>
public sealed record CommandRecovery(string? Heal = null, string? Ready = null, bool HealsItself = false)
{
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command that heals, if there is one. A command with <c>{node}</c> is not run for a fault without a node.</summary>
    /// <exception cref="LabException">The command did not end with exit code 0.</exception>
    internal Task HealAsync(string? node, CancellationToken cancellationToken) =>
        Heal is { } heal && Suits(heal, node) ? ShellCommand.RunAsync(CommandFault.For(node, heal), cancellationToken) : Task.CompletedTask;

    /// <summary>Repeats the command of <c>--ready</c> until it ends with exit code 0.</summary>
    /// <exception cref="LabException">The token was cancelled. The message holds the last output of the command.</exception>
    internal async Task WaitUntilReadyAsync(string? node, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Ready is not { } ready || !Suits(ready, node))
        {
            return;
        }

        (int ExitCode, string Said)? last = null;
        try
        {
            while ((last = await ShellCommand.TryAsync(CommandFault.For(node, ready), cancellationToken)) is not { ExitCode: 0 })
            {
                await Task.Delay(ReadyInterval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException exception) when (last is { } answer)
        {
            throw new LabException(
                $"the fault was healed, but the cluster was not ready in time: the command of --ready ended with exit code {answer.ExitCode}: "
                + CommandLine.Redact(answer.Said),
                exception);
        }
    }

    private static bool Suits(string command, string? node) => node is not null || !CommandFault.ConcernsNodes(command);
}
