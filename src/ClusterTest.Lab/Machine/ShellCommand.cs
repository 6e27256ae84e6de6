using System.Text;
using CliWrap;
using ClusterTest.Cli;

namespace ClusterTest.Lab.Machine;

/// <summary>Runs a command of the user's by the shell.</summary>
/// <remarks>
/// It has a session of its own, so that neither a Ctrl-C in the terminal nor the terminal's end stops it half way, and finishes also when this
/// program is gone. It writes to a file and not to this program: what it leaves behind, such as a daemon, may go on to write there, and
/// nobody waits for that.
/// </remarks>
internal static class ShellCommand
{
    private const string MarkVariable = "CLUSTER_TEST_LAB_COMMAND";
    private const int MostShown = 4096;

    // The shell that waits bears the mark; what it starts does not, so that a daemon is not taken for a command. It lives
    // until its command has ended, also when both are told to end; the last word keeps it from becoming the command.
    private const string Waiting = $"""trap : TERM; unset {MarkVariable}; /bin/sh -c "$1" </dev/null >>"$0" 2>&1; exit $?""";

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    /// <summary>What the commands of this program bear, and those of no other, also when this one is gone.</summary>
    internal static string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The processes that wait for commands with a mark.</summary>
    internal static IEnumerable<int> Find(string mark) =>
        ProcFile.ProcessIds().Where(id => LabProcesses.ValueIn(ProcFile.ReadBytes($"/proc/{id}/environ"), MarkVariable) == mark);

    /// <summary>Runs it until its shell ends, or ends it with all that it has started in its session when the token is cancelled.</summary>
    /// <exception cref="LabException">It did not end with 0.</exception>
    internal static async Task RunAsync(string command, CancellationToken cancellationToken)
    {
        var (exitCode, said) = await TryAsync(command, cancellationToken);
        if (exitCode is not 0)
        {
            // The command itself may hold a secret, and what is said here goes into a report.
            throw new LabException($"the command ended with {exitCode}: {CommandLine.Redact(said)}");
        }
    }

    /// <summary>The same, whatever it ends with.</summary>
    /// <returns>Its exit code, and the end of what it wrote until then.</returns>
    internal static async Task<(int ExitCode, string Said)> TryAsync(string command, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName(); // nobody else may read it
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
        PosixSignal.SendToGroup(run.ProcessId, PosixSignal.Terminate);
        await ((Task)run.Task.WaitAsync(GracePeriod, TimeProvider.System)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Also when the shell has ended: what it had started may not have.
        PosixSignal.SendToGroup(run.ProcessId, PosixSignal.Kill);
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
