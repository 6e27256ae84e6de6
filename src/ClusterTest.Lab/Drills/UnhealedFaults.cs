using System.Net;
using System.Text;
using System.Text.Json;
using ClusterTest.Cli;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Drills;

/// <summary>
/// Remembers which faults of a user's cluster are not undone, in a file that outlives this program whatever becomes of it: the next drill on
/// the same cluster tells.
/// </summary>
internal sealed class UnhealedFaults(string file, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Where they are kept; there is no such file when all is undone.</summary>
    internal string File => file;

    /// <summary>Held by the drill that is at work there: what it has begun is not undone yet, and is nobody else's to undo.</summary>
    internal string LockFile => Path.ChangeExtension(file, ".lock");

    /// <summary>Tells what the commands of the drill bear that held the lock last, as in <see cref="ShellCommand.Mark"/>.</summary>
    internal string CommandsFile => Path.ChangeExtension(file, ".commands");

    /// <summary>Where those of other addresses are kept: one of them may be the same cluster by another name.</summary>
    internal IEnumerable<UnhealedFaults> Others => Directory.Exists(Path.GetDirectoryName(file))
        ? Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.json").Where(other => other != file).Order(StringComparer.Ordinal).Select(other => new UnhealedFaults(other, time))
        : [];

    /// <summary>Those of the cluster at an address, in the repository's own folder. Virtual hosts share their nodes.</summary>
    internal static UnhealedFaults Of(AmqpUri uri, TimeProvider time)
    {
        var name = new StringBuilder($"{(IsThisMachine(uri.Endpoint.Host) ? "localhost" : uri.Endpoint.Host.ToLowerInvariant())}-{uri.Endpoint.Port}");
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '-' or '.' ? name[i] : '_';
        }

        return new UnhealedFaults(Path.Combine(RepositoryRoot.Find(), ".lab", "unhealed", $"{name}.json"), time);
    }

    /// <summary>Those that are not undone.</summary>
    /// <exception cref="LabException">The file is none of these.</exception>
    internal IReadOnlyList<UnhealedFault> Read()
    {
        try
        {
            return System.IO.File.Exists(file) ? JsonSerializer.Deserialize<List<UnhealedFault>>(System.IO.File.ReadAllText(file)) ?? [] : [];
        }
        catch (JsonException exception)
        {
            throw new LabException($"{file} should tell what an earlier drill left broken, and cannot be read. See to it that the cluster is whole, then remove the file.", exception);
        }
    }

    /// <summary>A fault is about to begin.</summary>
    internal void Add(string fault, string? node, bool staysBroken) =>
        Change(known => [.. known.Where(other => (other.Fault, other.Node) != (fault, node)), new UnhealedFault(fault, node, time.GetUtcNow(), staysBroken)]);

    /// <summary>Some are undone.</summary>
    internal void Remove(Func<UnhealedFault, bool> isUndone) => Change(known => [.. known.Where(fault => !isUndone(fault))]);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

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
