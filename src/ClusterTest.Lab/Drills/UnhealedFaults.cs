using System.Net;
using System.Text;
using System.Text.Json;
using ClusterTest.Cli;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Drills;

/// <summary>
/// Records which faults of the user's cluster are not undone, in a file that outlives this program, however it ends. The next drill on the same cluster
/// reports them.
/// </summary>
internal sealed class UnhealedFaults(string file, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>The path of the file. It does not exist if every fault is undone.</summary>
    internal string File => file;

    /// <summary>The lock file that a running drill on the cluster holds. No other drill may undo the faults of the running drill.</summary>
    internal string LockFile => Path.ChangeExtension(file, ".lock");

    /// <summary>The file with the mark, as in <see cref="ShellCommand.Mark"/>, of the commands of the drill that held the lock last.</summary>
    internal string CommandsFile => Path.ChangeExtension(file, ".commands");

    /// <summary>The faults that are not undone at other addresses: another address may lead to the same cluster.</summary>
    internal IEnumerable<UnhealedFaults> Others => Directory.Exists(Path.GetDirectoryName(file))
        ? Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.json")
            .Where(other => other != file)
            .Order(StringComparer.Ordinal)
            .Select(other => new UnhealedFaults(other, time))
        : [];

    /// <summary>The faults at an address, recorded in the repository's folder. All virtual hosts have one file, since they share their nodes.</summary>
    internal static UnhealedFaults Of(AmqpUri uri, TimeProvider time)
    {
        var name = new StringBuilder($"{(IsThisMachine(uri.Endpoint.Host) ? "localhost" : uri.Endpoint.Host.ToLowerInvariant())}-{uri.Endpoint.Port}");
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '-' or '.' ? name[i] : '_';
        }

        return new UnhealedFaults(Path.Combine(RepositoryRoot.Find(), ".lab", "unhealed", $"{name}.json"), time);
    }

    /// <summary>Reads the faults that are not undone.</summary>
    /// <exception cref="LabException">The file cannot be read.</exception>
    internal IReadOnlyList<UnhealedFault> Read()
    {
        try
        {
            return System.IO.File.Exists(file)
                ? JsonSerializer.Deserialize<List<UnhealedFault>>(System.IO.File.ReadAllText(file)) ?? []
                : [];
        }
        catch (JsonException exception)
        {
            throw new LabException(
                $"{file} should list the faults that an earlier drill did not undo, but it cannot be read. "
                + "Make sure that the cluster is whole, then remove the file.",
                exception);
        }
    }

    /// <summary>Records a fault that is about to begin.</summary>
    internal void Add(string fault, string? node, bool staysBroken) => Change(known =>
    [
        .. known.Where(other => (other.Fault, other.Node) != (fault, node)),
        new UnhealedFault(fault, node, time.GetUtcNow(), staysBroken),
    ]);

    /// <summary>Removes the faults that are undone.</summary>
    internal void Remove(Func<UnhealedFault, bool> isUndone) => Change(known => [.. known.Where(fault => !isUndone(fault))]);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private void Change(Func<IReadOnlyList<UnhealedFault>, IReadOnlyList<UnhealedFault>> change)
    {
        lock (_lock)
        {
            var left = change(Read());
            if (left is [])
            {
                System.IO.File.Delete(file);
                return;
            }

            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var next = $"{file}.{Environment.ProcessId}";
            System.IO.File.WriteAllText(next, JsonSerializer.Serialize(left));
            System.IO.File.Move(next, file, overwrite: true);
        }
    }
}

/// <summary>A fault that was begun on the user's cluster, and that the lab does not know to be undone.</summary>
/// <param name="Fault">The fault's name.</param>
/// <param name="Node">The node that the fault was done to; null if it was not done to a single node.</param>
/// <param name="Since">When the fault was begun.</param>
/// <param name="StaysBroken">Whether the drill had no way to undo the fault.</param>
internal sealed record UnhealedFault(string Fault, string? Node, DateTimeOffset Since, bool StaysBroken)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{(Node is null ? Fault : $"{Fault} {Node}")} (since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z)");
}
