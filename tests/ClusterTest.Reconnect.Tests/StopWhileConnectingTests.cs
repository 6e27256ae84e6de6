using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ClusterTest.Reconnect.Tests.Support;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// A peer that resets each connection at once, and a client that is stopped at any moment of its attempts. One stop in 6,000 met the write of the protocol
/// header when the client library had just ended that connection, and threw what the cancellation of that write throws then (dotnet/runtime#112651).
/// </summary>
public sealed class StopWhileConnectingTests : BrokerTest
{
    private const int Clients = 48; // more than there are processors, so that each is interrupted anywhere
    private const int Stops = 2_000;

    [Fact]
    [Trait("takes", "long")]
    public async Task A_stop_throws_nothing_whatever_the_attempt_is_at()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(Clients * 2);
        using var end = new CancellationTokenSource();
#pragma warning disable CA2025 // It is waited for before the listener goes.
        var resetting = ResetAllAsync(listener, end.Token);
#pragma warning restore CA2025
        var thrown = new ConcurrentQueue<Exception>();

        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => StartAndStopAsync(port, thrown), Token)));

        await end.CancelAsync();
        await resetting;
        Assert.Empty(thrown);
    }

    private async Task StartAndStopAsync(int port, ConcurrentQueue<Exception> thrown)
    {
        for (var stop = 0; stop < Stops; stop++)
        {
            var consumer = ClusterConsumer.Start(
                new ConsumerOptions
                {
                    Cluster = Cluster with { Endpoints = [new("127.0.0.1", port)], MaxBackoff = TimeSpan.FromMilliseconds(10), OnSessionEvent = null },
                },
                static (_, _) => ValueTask.FromResult(DeliveryResult.Ack));
            await Task.Delay(TimeSpan.FromMicroseconds(Random.Shared.Next(25_000)), TimeProvider.System, Token);
            try
            {
                await consumer.DisposeAsync();
            }
#pragma warning disable CA1031 // Whatever it throws is what is looked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                thrown.Enqueue(exception);
            }
        }
    }

    private static async Task ResetAllAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync(cancellationToken);
                client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
