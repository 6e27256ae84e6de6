using System.Net.Sockets;
using System.Text;
using RabbitMQ.Client;
using Xunit;

namespace ScriptedAmqp.Tests.Support;

/// <summary>A scripted broker, and short ways to talk to it by the real client.</summary>
public abstract class ClientTest(ScriptedBrokerOptions? options = null) : IAsyncDisposable
{
    internal const string Queue = "q";

    internal static readonly Dictionary<string, object?> QuorumQueue = new() { ["x-queue-type"] = "quorum" };

    internal ScriptedBroker Broker { get; } = ScriptedBroker.Start(options);

    internal List<IConnection> Connections { get; } = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await Broker.WaitForAsync(static _ => true); // throws what went wrong on the broker's own side
        await Broker.DisposeAsync();
        foreach (var connection in Connections)
        {
            await connection.AbortAsync(); // waits for the main loop, under whose feet a dispose pulls the connection away
            await connection.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal static async Task DeclareAsync(IChannel channel, bool bind = true)
    {
        await channel.ExchangeDeclareAsync("e", ExchangeType.Direct, durable: true, cancellationToken: Token);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, QuorumQueue, cancellationToken: Token);
        if (bind)
        {
            await channel.QueueBindAsync(Queue, "e", "k", cancellationToken: Token);
        }
    }

    internal static ValueTask PublishAsync(IChannel channel, string text) =>
        channel.BasicPublishAsync("e", "k", mandatory: true, Encoding.UTF8.GetBytes(text), Token);

    internal static async Task<RecordingConsumer> ConsumeAsync(IChannel channel, ushort prefetch)
    {
        await channel.BasicQosAsync(0, prefetch, global: false, Token);
        var consumer = new RecordingConsumer(channel);
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, Token);
        return consumer;
    }

    internal Task<IChannel> OpenChannelAsync() => OpenChannelAsync(tracksConfirms: true);

    /// <param name="tracksConfirms">Whether the client awaits confirms, for which it adds a header to each message.</param>
    internal async Task<IChannel> OpenChannelAsync(bool tracksConfirms)
    {
        var factory = new ConnectionFactory { Uri = Broker.Uri, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(Token);
        Connections.Add(connection);
        return await connection.CreateChannelAsync(new(tracksConfirms, tracksConfirms), Token);
    }

    internal async Task<Socket> ConnectSocketAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(ScriptedBroker.Host, Broker.Port, Token);
        return socket;
    }
}
