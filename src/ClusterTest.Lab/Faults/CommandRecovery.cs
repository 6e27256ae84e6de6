using ClusterTest.Cli;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>How faults of the user's own are undone.</summary>
/// <param name="Heal">The command that undoes them; null if there is none.</param>
/// <param name="Ready">The command that is repeated after that until it ends with 0; null if there is nothing to wait for.</param>
/// <param name="HealsItself">Whether each of them passes without help, as a restart does.</param>
public sealed record CommandRecovery(string? Heal = null, string? Ready = null, bool HealsItself = false)
{
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command that heals, if there is one; one for nodes is not run for a fault without a node.</summary>
    /// <exception cref="LabException">It did not end with 0.</exception>
    internal Task HealAsync(string? node, CancellationToken cancellationToken) =>
        Heal is { } heal && Suits(heal, node) ? ShellCommand.RunAsync(CommandFault.For(node, heal), cancellationToken) : Task.CompletedTask;

    /// <summary>Repeats the command that tells whether what was healed can be used again, until it ends with 0.</summary>
    /// <exception cref="LabException">The token was cancelled: what the command last said.</exception>
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
            throw new LabException($"it was healed and did not get ready in time: the command of --ready ended with {answer.ExitCode}: {CommandLine.Redact(answer.Said)}", exception);
        }
    }

    private static bool Suits(string command, string? node) => node is not null || !CommandFault.ConcernsNodes(command);
}
