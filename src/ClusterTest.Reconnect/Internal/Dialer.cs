using System.Net;

namespace ClusterTest.Reconnect.Internal;

/// <summary>Looks up the addresses of a name and connects to the first that answers.</summary>
internal static class Dialer
{
    /// <summary>Puts addresses into the order in which they are tried.</summary>
    public static IPAddress[] InOrder(IReadOnlyList<IPAddress> addresses, int turn) => [.. addresses.Skip(turn)];
}
