using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace ClusterTest.Lab.Brokers;

/// <summary>Begins an AMQP handshake with a node and reads the node's answer, which contains its version. It does not log in, so it is quick.</summary>
public static class AmqpProbe
{
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    // A field of connection.start's server-properties: the length of the name, the name, and S for "long string".
    private static readonly byte[] VersionField = [7, .. "version"u8, (byte)'S'];
    private static readonly byte[] ClusterNameField = [12, .. "cluster_name"u8, (byte)'S'];

    /// <summary>Connects, greets, and waits for the answer at most <paramref name="timeout"/>; over TLS if <paramref name="tls"/> is given.</summary>
    public static async Task<AmqpGreeting> GreetAsync(
        AmqpAddress address, TimeSpan timeout, CancellationToken cancellationToken, SslClientAuthenticationOptions? tls = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        var connected = false;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, deadline.Token);
            connected = true;
            await using var stream = await SecuredAsync(client.GetStream(), tls, deadline.Token);
            await stream.WriteAsync(ProtocolHeader, deadline.Token);
            var frameHeader = new byte[7];
            await stream.ReadExactlyAsync(frameHeader, deadline.Token);
            var payload = new byte[Math.Min(BinaryPrimitives.ReadUInt32BigEndian(frameHeader.AsSpan(3)), 65_536)];
            await stream.ReadExactlyAsync(payload, deadline.Token);
            return new AmqpGreeting(Connected: true, Answered: true, VersionIn(payload), ClusterNameIn(payload));
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            return new AmqpGreeting(connected, Answered: false, Version: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AmqpGreeting(connected, Answered: false, Version: null);
        }
    }

    private static async Task<Stream> SecuredAsync(NetworkStream stream, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        if (tls is null)
        {
            return stream;
        }

        var secured = new SslStream(stream);
        await secured.AuthenticateAsClientAsync(tls, cancellationToken);
        return secured;
    }

    /// <summary>The version of RabbitMQ in a connection.start method; null if there is none.</summary>
    internal static string? VersionIn(ReadOnlySpan<byte> payload) => StringIn(payload, VersionField);

    /// <summary>The name of the cluster in a connection.start method; null if there is none.</summary>
    internal static string? ClusterNameIn(ReadOnlySpan<byte> payload) => StringIn(payload, ClusterNameField);

    private static string? StringIn(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> field)
    {
        var at = payload.IndexOf(field);
        if (at < 0 || payload.Length < at + field.Length + 4)
        {
            return null;
        }

        var value = payload[(at + field.Length)..];
        var length = BinaryPrimitives.ReadUInt32BigEndian(value);
        return length <= value.Length - 4 ? Encoding.UTF8.GetString(value.Slice(4, (int)length)) : null;
    }
}
