using System.Net.Sockets;
using ClusterTest.Lab.Drills;
using ClusterTest.Testing;
using RabbitMQ.Client;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class OneClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lone_broker_behind_the_balancer_is_told()
    {
        await using var cluster = ScriptedBroker.Start();
        await using var lone = ScriptedBroker.Start();
        await using var balancer = new InTurn(cluster.Port, cluster.Port, lone.Port);

        var failure = await Assert.ThrowsAsync<LabException>(() => RequireAsync(balancer));

        Assert.StartsWith("here leads to more than one cluster", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_cluster_with_a_node_that_hangs_up_is_one_cluster()
    {
        await using var cluster = ScriptedBroker.Start();
        await using var balancer = new InTurn(cluster.Port, 0, cluster.Port);

        await RequireAsync(balancer);
    }

    private static Task RequireAsync(InTurn balancer) =>
        OneCluster.RequireAsync(
            new ConnectionFactory { HostName = "127.0.0.1", Port = balancer.Port, AutomaticRecoveryEnabled = false },
            "here",
            TimeProvider.System,
            Token);

    /// <summary>Leads each connection to the next port. A connection for port 0 is closed at once.</summary>
    private sealed class InTurn : Relay
    {
        private readonly int[] _ports;
        private int _turn = -1;

        internal InTurn(params int[] ports)
        {
            _ports = ports;
            Listen();
        }

        protected override async Task RelayAsync(Socket accepted, CancellationToken stop)
        {
            using var client = new NetworkStream(accepted, ownsSocket: true);
            var port = _ports[Interlocked.Increment(ref _turn) % _ports.Length];
            if (port is 0)
            {
                return;
            }

            try
            {
                using var server = new TcpClient();
                await server.ConnectAsync("127.0.0.1", port, stop);
                var stream = server.GetStream();
                _ = await Task.WhenAny(client.CopyToAsync(stream, stop), stream.CopyToAsync(client, stop));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // The connection has ended.
            }
        }
    }
}
