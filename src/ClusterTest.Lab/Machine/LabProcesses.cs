using System.Globalization;
using System.Text;

namespace ClusterTest.Lab.Machine;

/// <summary>Finds and signals the processes of a lab.</summary>
/// <remarks>
/// They are known by a mark in their environment, which children inherit and nobody else has. Unlike files with process
/// ids it cannot be lost in a crash, be written too late, or name a process that has since become another.
/// </remarks>
public sealed class LabProcesses(string stateDirectory, TimeProvider time)
{
    /// <summary>Environment variable with the lab's state directory.</summary>
    public const string LabVariable = "CLUSTER_TEST_LAB";

    /// <summary>Environment variable with the part of the lab that a process belongs to.</summary>
    public const string RoleVariable = "CLUSTER_TEST_LAB_NODE";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The running processes of a role, or of all.</summary>
    public IReadOnlyList<LabProcess> Find(string? role = null) =>
    [
        .. ProcFile.ProcessIds()
            .Where(static id => id != Environment.ProcessId)
            .Select(Read)
            .OfType<LabProcess>()
            .Where(process => role is null || process.Role == role),
    ];

    /// <summary>Ends them by SIGKILL and returns when none is left, together with what they started meanwhile.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> KillAsync(string? role = null, CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<int>();

        // Twice nothing, because a process that is just replacing itself (exec) shows no environment for an instant. Nor does one
        // that is ending, while it still has its ports: those are waited for by their ids.
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

    /// <summary>Asks a role's program, by its <see cref="LabProcess.Name"/>, to end (SIGTERM); returns when it and all that it had started are gone.</summary>
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

    /// <summary>Stops them by SIGSTOP and returns when all of them stand still.</summary>
    public Task FreezeAsync(string role, CancellationToken cancellationToken = default) =>
        SignalUntilAsync(role, PosixSignal.Stop, stopped: true, cancellationToken);

    /// <summary>Lets stopped ones go on, and returns when they do.</summary>
    public Task ThawAsync(string role, CancellationToken cancellationToken = default) =>
        SignalUntilAsync(role, PosixSignal.Continue, stopped: false, cancellationToken);

    /// <summary>The role of a process with this environment in the lab with this state directory; null if it is none of its processes.</summary>
    internal static string? RoleIn(ReadOnlySpan<byte> environment, string stateDirectory) =>
        ValueIn(environment, LabVariable) == stateDirectory ? ValueIn(environment, RoleVariable) ?? "" : null;

    /// <summary>The value of a variable in an environment as the kernel shows it: <c>NAME=value</c>, each ended by a zero byte.</summary>
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

    /// <summary>Gone, or waiting for its parent to ask for its exit code, with no thread left but the main one.</summary>
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
        return RoleIn(ProcFile.ReadBytes($"{directory}/environ"), stateDirectory) is { } role && ProcFile.StateIn(ProcFile.ReadBytes($"{directory}/stat")) is { } stat
            ? new LabProcess(id, role, stat.Name, stat.State is 'T')
            : null;
    }
}
