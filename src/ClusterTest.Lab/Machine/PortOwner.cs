using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterTest.Lab.Machine;

/// <summary>Finds the process that listens on a port, and the connections to a port.</summary>
internal static class PortOwner
{
    /// <summary>Whether something listens on a port. Tries to listen there.</summary>
    internal static bool IsInUse(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Whether something listens on a port. Asks the kernel, which, unlike a vain connection, costs next to nothing.</summary>
    internal static bool IsListenedTo(int port) => ListeningSockets(SocketTable(), port).Any();

    /// <summary>The message for a port that is in use.</summary>
    internal static string Describe(int port, string purpose, int portBase)
    {
        var owner = Find(port) is { } found ? $"{found.Name} (pid {found.Id})" : "another process";
        return $"Port {port}, needed for {purpose}, is in use by {owner}. "
            + $"End that process, or move all ports of the lab with --port-base, for example --port-base {portBase + 1000}.";
    }

    /// <summary>The process that listens on a port; null if it cannot be found: only root sees the processes of other users.</summary>
    internal static (int Id, string Name)? Find(int port)
    {
        var sockets = ListeningSockets(SocketTable(), port)
            .Select(static inode => $"socket:[{inode}]")
            .ToHashSet();
        foreach (var id in ProcFile.ProcessIds())
        {
            var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            if (sockets.Count > 0 && HasOneOf(directory, sockets))
            {
                return (id, Encoding.UTF8.GetString(ProcFile.ReadBytes($"{directory}/comm")).Trim());
            }
        }

        return null;
    }

    /// <summary>The inodes of sockets that listen on a port, from the lines of <c>/proc/net/tcp</c>.</summary>
    internal static IEnumerable<string> ListeningSockets(IEnumerable<string> lines, int port)
    {
        const string Listening = "0A";
        return Sockets(lines, port, Listening).Select(static fields => fields[9]);
    }

    /// <summary>The other ends of established connections to a port, as the kernel writes them.</summary>
    internal static HashSet<string> FindPeers(int port) => [.. Peers(SocketTable(), port)];

    /// <summary>The other ends of established connections to a port, from the lines of <c>/proc/net/tcp</c>.</summary>
    internal static IEnumerable<string> Peers(IEnumerable<string> lines, int port)
    {
        const string Established = "01";
        return Sockets(lines, port, Established).Select(static fields => fields[2]);
    }

    private static IEnumerable<string[]> Sockets(IEnumerable<string> lines, int port, string state)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return lines
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == state && fields[1].EndsWith(suffix, StringComparison.Ordinal));
    }

    private static IEnumerable<string> SocketTable() => ProcFile.ReadLines("/proc/net/tcp").Concat(ProcFile.ReadLines("/proc/net/tcp6"));

    private static bool HasOneOf(string processDirectory, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"{processDirectory}/fd")
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
