using System.Buffers.Binary;
using System.Net.Sockets;
using Xunit;

namespace ScriptedAmqp.Tests.Support;

/// <summary>A client that is made of octets: it shares nothing with the broker's own reader and writer, so that it can contradict them.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawClient()
    {
    }

    public static byte[] Preamble => [.. "AMQP"u8, 0, 0, 9, 1];

    /// <summary>Connects, and says nothing.</summary>
    public static async Task<RawClient> ConnectAsync(ScriptedBroker broker)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(ScriptedBroker.Host, broker.Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Logs in, and opens channel 1.</summary>
    public static async Task<RawClient> OpenAsync(ScriptedBroker broker, uint frameMax = 131_072, ushort heartbeat = 0)
    {
        var client = await LogInAsync(broker, frameMax, heartbeat);
        await client.CallAsync(1, 20, 10, ShortString(""));
        await client.ExpectAsync(1, 20, 11);
        return client;
    }

    /// <summary>Goes through the handshake up to <c>connection.open-ok</c>.</summary>
    public static async Task<RawClient> LogInAsync(ScriptedBroker broker, uint frameMax = 131_072, ushort heartbeat = 0)
    {
        var client = await ConnectAsync(broker);
        await client.SendAsync(Preamble);
        await client.ExpectAsync(0, 10, 10);
        await client.CallAsync(0, 10, 11, StartOk);
        await client.ExpectAsync(0, 10, 30);
        await client.CallAsync(0, 10, 31, [.. Short(2047), .. Long(frameMax), .. Short(heartbeat)]);
        await client.CallAsync(0, 10, 40, [.. ShortString("/"), .. ShortString(""), 0]);
        await client.ExpectAsync(0, 10, 41);
        return client;
    }

    /// <summary>Gets the arguments of <c>connection.start-ok</c>: no properties, PLAIN, guest, en_US.</summary>
    public static byte[] StartOk => [.. Long(0), .. ShortString("PLAIN"), .. LongString("\0guest\0guest"), .. ShortString("en_US")];

    public static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Long(uint value) => [.. Short((int)(value >> 16)), .. Short((int)(value & 0xffff))];

    public static byte[] LongLong(ulong value) => [.. Long((uint)(value >> 32)), .. Long((uint)value)];

    public static byte[] ShortString(string value) => [(byte)value.Length, .. System.Text.Encoding.ASCII.GetBytes(value)];

    public static byte[] LongString(string value) => [.. Long((uint)value.Length), .. System.Text.Encoding.ASCII.GetBytes(value)];

    public static byte[] Frame(byte type, ushort channel, byte[] payload) => [type, .. Short(channel), .. Long((uint)payload.Length), .. payload, 0xCE];

    /// <summary>A content header without properties.</summary>
    public static byte[] ContentHeader(ushort channel, ulong bodySize) =>
        Frame(RawFrame.Header, channel, [.. Short(60), .. Short(0), .. LongLong(bodySize), .. Short(0)]);

    /// <summary>A whole <c>basic.publish</c> to the default exchange, in three frames.</summary>
    public static byte[] Publish(ushort channel, string queue, byte[] body, bool mandatory = false) =>
    [
        .. Frame(RawFrame.Method, channel, [0, 60, 0, 40, .. Short(0), .. ShortString(""), .. ShortString(queue), mandatory ? (byte)1 : (byte)0]),
        .. ContentHeader(channel, (ulong)body.Length),
        .. body.Length > 0 ? Frame(RawFrame.Body, channel, body) : [],
    ];

    public async Task SendAsync(byte[] octets) => await _socket.SendAsync(octets, TestContext.Current.CancellationToken);

    public Task CallAsync(ushort channel, byte classId, byte methodId, params byte[] arguments) =>
        SendAsync(Frame(RawFrame.Method, channel, [0, classId, 0, methodId, .. arguments]));

    public async Task<byte[]> ReadOctetsAsync(int count)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(ScriptedBroker.DefaultTimeout);
        var octets = new byte[count];
        for (var read = 0; read < count;)
        {
            var got = await _socket.ReceiveAsync(octets.AsMemory(read), deadline.Token);
            Assert.True(got > 0, $"The broker closed after {read} of {count} octets.");
            read += got;
        }

        return octets;
    }

    public async Task<RawFrame> ReadAsync()
    {
        var header = await ReadOctetsAsync(7);
        var payload = await ReadOctetsAsync((int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(3)) + 1);
        Assert.Equal(0xCE, payload[^1]);
        return new(header[0], BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1)), payload[..^1]);
    }

    /// <summary>Reads the next frame, which must be this method.</summary>
    /// <returns>The method's arguments.</returns>
    public async Task<byte[]> ExpectAsync(ushort channel, int classId, int methodId)
    {
        var frame = await ReadAsync();
        Assert.Equal((RawFrame.Method, channel, (classId, methodId)), (frame.Type, frame.Channel, frame.Id));
        return frame.Arguments;
    }

    /// <summary>Reads the end of the stream, before which nothing may come.</summary>
    public async Task ExpectEndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(ScriptedBroker.DefaultTimeout);
        Assert.Equal(0, await _socket.ReceiveAsync(new byte[1], deadline.Token));
    }

    /// <summary>Reads the end of the stream, or that it was reset: a socket that is closed at once may say either.</summary>
    public async Task ExpectGoneAsync()
    {
        try
        {
            await ExpectEndAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // As good.
        }
    }

    /// <summary>Asks for something that the broker answers at once, and requires that the answer is the next thing it says: it has said nothing else.</summary>
    public async Task ExpectNothingElseAsync(ushort channel = 1)
    {
        await CallAsync(channel, 20, 20, 1);
        await ExpectAsync(channel, 20, 21);
    }

    public void Dispose() => _socket.Dispose();
}
