using System.Text;
using CliWrap;
using ClusterTest.Cli;

namespace ClusterTest.Lab.Machine;

/// <summary>Runs a command of the user's own with the shell.</summary>
/// <remarks>
/// The command has its own session, so that neither a Ctrl-C in the terminal nor the terminal's end stops it half way. It finishes even if this program is
/// gone. It writes to a file and not to this program: a daemon that it starts may go on to write to the file, and this program does not wait for the
/// daemon.
/// </remarks>
internal static class ShellCommand
{
    private const string MarkVariable = "CLUSTER_TEST_LAB_COMMAND";
    private const int MostShown = 4096;

    // The shell that waits for the command carries the mark. The command does not, so that a daemon that it starts is not taken for a command. The trap
    // keeps the shell alive until its command has ended, even if both get a SIGTERM; "exit $?" at the end keeps the shell from replacing itself with the
    // command.
    private const string Waiting = $"""trap : TERM; unset {MarkVariable}; /bin/sh -c "$1" </dev/null >>"$0" 2>&1; exit $?""";

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    /// <summary>The mark of the commands of this program. The commands of other programs, also of later ones, have other marks.</summary>
    internal static string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The ids of the shells that wait for the commands with a mark.</summary>
    internal static IEnumerable<int> Find(string mark) =>
        ProcFile.ProcessIds().Where(id => LabProcesses.ValueIn(ProcFile.ReadBytes($"/proc/{id}/environ"), MarkVariable) == mark);

    /// <summary>
    /// Runs a command until its shell ends. When the token is cancelled, ends the command and everything that it has started in its process group.
    /// </summary>
    /// <exception cref="LabException">The command did not end with exit code 0.</exception>
    internal static async Task RunAsync(string command, CancellationToken cancellationToken)
    {
        var (exitCode, said) = await TryAsync(command, cancellationToken);
        if (exitCode is not 0)
        {
            // The message goes into a report, so it does not quote the command, which may contain a secret.
            throw new LabException($"the command ended with exit code {exitCode}: {CommandLine.Redact(said)}");
        }
    }

    /// <summary>Runs a command like <see cref="RunAsync"/>, but does not fail if its exit code is not 0.</summary>
    /// <returns>The exit code of the command, and the end of its output until then.</returns>
    internal static async Task<(int ExitCode, string Said)> TryAsync(string command, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName(); // only this user may read the file
        try
        {
            using var run = OwnSession.Wrap("/bin/sh", "-c", Waiting, file, command)
                .WithEnvironmentVariables(new Dictionary<string, string?> { [MarkVariable] = Mark })
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(CancellationToken.None);
            try
            {
                var result = await run.Task.WaitAsync(cancellationToken);
                return (result.ExitCode, await ReadEndAsync(file, CancellationToken.None));
            }
            catch (OperationCanceledException)
            {
                await EndAsync(run);
                throw;
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task EndAsync(CommandTask<CommandResult> run)
    {
        _ = PosixSignal.SendToGroup(run.ProcessId, PosixSignal.Terminate);
        await ((Task)run.Task.WaitAsync(GracePeriod, TimeProvider.System)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Even if the shell has ended, processes that it started may still run.
        _ = PosixSignal.SendToGroup(run.ProcessId, PosixSignal.Kill);
        if (!run.Task.IsCompleted)
        {
            PosixSignal.Send(run.ProcessId, PosixSignal.Kill);
        }

        await ((Task)run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> ReadEndAsync(string file, CancellationToken cancellationToken)
    {
        await using var written = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _ = written.Seek(-Math.Min(written.Length, MostShown), SeekOrigin.End);
        var end = new byte[MostShown];
        var length = await written.ReadAtLeastAsync(end, MostShown, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(end, 0, length).Trim();
    }
}
