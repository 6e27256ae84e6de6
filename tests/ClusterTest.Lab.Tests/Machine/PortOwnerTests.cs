using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterTest.Lab.Machine;
using Xunit;

namespace ClusterTest.Lab.Tests.Machine;

public sealed class PortOwnerTests
{
    private static readonly string[] Table =
    [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:1626 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 363738 1 0 100 0 0 10 0",
        "   1: 0100007F:1626 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 363739 1 0 20 4 30 10 -1",
        "   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 363740 1 0 100 0 0 10 0",
    ];

    [Fact]
    public void Only_listening_sockets_of_the_port_count() => Assert.Equal(["363738"], PortOwner.ListeningSockets(Table, 5670));

    [Fact]
    public void Only_established_connections_to_the_port_have_another_end() => Assert.Equal(["0100007F:A1B2"], PortOwner.Peers(Table, 5670));

    [Fact]
    public void The_message_names_port_purpose_owner_and_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.True(PortOwner.IsInUse(port));
        var message = PortOwner.Describe(port, "the balancer", 5670);

        Assert.StartsWith($"Port {port}, needed for the balancer, is in use by ", message, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"(pid {Environment.ProcessId})"), message, StringComparison.Ordinal);
        Assert.Contains("--port-base 6670", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_nobody_has_is_free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.False(PortOwner.IsInUse(port));
        Assert.False(PortOwner.IsListenedTo(port));
    }
}
