using System.Globalization;
using System.Text;

namespace ClusterTest.Lab.Machine;

/// <summary>Finds and signals the processes of a lab.</summary>
/// <remarks>
/// The processes carry a mark in their environment, which their children inherit and no other process has. Unlike a file with process ids, a mark cannot be
/// lost in a crash, be written too late, or name a process id that another process has by now.
/// </remarks>
public sealed class LabProcesses(string stateDirectory, TimeProvider time)
{
    /// <summary>The environment variable with the lab's state directory.</summary>
    public const string LabVariable = "CLUSTER_TEST_LAB";

    /// <summary>The environment variable with the role of a process in the lab.</summary>
    public const string RoleVariable = "CLUSTER_TEST_LAB_NODE";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The running processes of a role; without a role, all of the lab's.</summary>
    public IReadOnlyList<LabProcess> Find(string? role = null) =>
    [
        .. ProcFile.ProcessIds()
            .Where(static id => id != Environment.ProcessId)
            .Select(Read)
            .OfType<LabProcess>()
            .Where(process => role is null || process.Role == role),
    ];

    /// <summary>Ends the processes of a role, or all of the lab's, by SIGKILL; returns when none is left, nor any that they started meanwhile.</summary>
    /// <returns>How many processes were ended.</returns>
    public async Task<int> KillAsync(string? role = null, CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<int>();

        // No process must be found twice in a row: a process that is just replacing itself (exec) shows no environment for an instant. A process that is
        // ending shows no environment either, while it still has its ports: the loop waits for such processes by their ids.
        for (var misses = 0; misses < 2 || !seen.All(HasEnded);)
        {
            var processes = Find(role);
            misses = processes.Count is 0 ? misses + 1 : 0;
            foreach (var process in processes)
            {
                _ = seen.Add(process.Id);
                PosixSignal.Send(process.Id, PosixSignal.Kill);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return seen.Count;
    }

    /// <summary>Asks a role's program, named by its <see cref="LabProcess.Name"/>, to end (SIGTERM); returns when all processes of the role are gone.</summary>
    public async Task TerminateAsync(string role, string program, CancellationToken cancellationToken = default)
    {
        var processes = Find(role);
        foreach (var process in processes.Where(process => process.Name == program))
        {
            PosixSignal.Send(process.Id, PosixSignal.Terminate);
        }

        while (!processes.All(static process => HasEnded(process.Id)))
        {
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Stops the processes of a role by SIGSTOP; returns when all of them are stopped.</summary>
    public Task PauseAsync(string role, CancellationToken cancellationToken = default) =>
        SignalUntilAsync(role, PosixSignal.Stop, stopped: true, cancellationToken);

    /// <summary>Lets the stopped processes of a role go on; returns when none is stopped.</summary>
    public Task ResumeAsync(string role, CancellationToken cancellationToken = default) =>
        SignalUntilAsync(role, PosixSignal.Continue, stopped: false, cancellationToken);

    /// <summary>The role of a process with this environment in the lab of this state directory; null if the process is not the lab's.</summary>
    internal static string? RoleIn(ReadOnlySpan<byte> environment, string stateDirectory) =>
        ValueIn(environment, LabVariable) == stateDirectory ? ValueIn(environment, RoleVariable) ?? "" : null;

    /// <summary>The value of a variable in an environment in the kernel's form: <c>NAME=value</c>, with a zero byte after each.</summary>
    internal static string? ValueIn(ReadOnlySpan<byte> environment, string name)
    {
        var prefix = Encoding.UTF8.GetBytes(name + "=");
        foreach (var range in environment.Split((byte)0))
        {
            var entry = environment[range];
            if (entry.StartsWith(prefix))
            {
                return Encoding.UTF8.GetString(entry[prefix.Length..]);
            }
        }

        return null;
    }

    /// <summary>Whether a process is gone, or waits for its parent to read its exit code, with only the main thread left.</summary>
    private static bool HasEnded(int id)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        return ProcFile.StateIn(ProcFile.ReadBytes($"{directory}/stat")) is not { State: not ('Z' or 'X') } && ProcFile.CountEntries($"{directory}/task") <= 1;
    }

    private async Task SignalUntilAsync(string role, int signal, bool stopped, CancellationToken cancellationToken)
    {
        while (Find(role).Where(process => process.IsStopped != stopped).ToList() is { Count: > 0 } processes)
        {
            foreach (var process in processes)
            {
                PosixSignal.Send(process.Id, signal);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private LabProcess? Read(int id)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        return RoleIn(ProcFile.ReadBytes($"{directory}/environ"), stateDirectory) is { } role
            && ProcFile.StateIn(ProcFile.ReadBytes($"{directory}/stat")) is { } stat
            ? new LabProcess(id, role, stat.Name, stat.State is 'T')
            : null;
    }
}
