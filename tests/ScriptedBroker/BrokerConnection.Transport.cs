using System.Net.Sockets;
using System.Threading.Channels;
using ScriptedAmqp.Internal;
using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp;

public sealed partial class BrokerConnection
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _closed = new();
    private readonly AsyncGate _reading = new();
    private readonly AsyncGate _writing = new();
    private readonly Channel<ReadOnlyMemory<byte>> _outbound =
        Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { SingleReader = true });

    private ITimer? _heartbeats;

    internal BrokerConnection(ScriptedBroker broker, Socket socket, int number)
    {
        (_broker, _socket, Number, AcceptedAt) = (broker, socket, number, broker.Elapsed);
        _socket.NoDelay = true;
        _stream = new(socket, ownsSocket: false); // as the owner it would say FIN before every RST
    }

    /// <summary>Serves the client until it is gone. Never throws: what went wrong on the broker's own side is reported to it.</summary>
    internal async Task RunAsync()
    {
        var write = WriteAsync();
        try
        {
            await ReadAsync();
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            // The client, or the script, ended the connection.
        }
#pragma warning disable CA1031 // the boundary of the connection: a test learns of it by its next wait
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _broker.Fail(exception);
        }

        _broker.Update(() =>
        {
            End();
            CloseSocket();
        });
        await write;
        _closed.Dispose();
    }

    internal void CloseSocket(bool reset = false)
    {
        if (_closed.IsCancellationRequested)
        {
            return;
        }

        if (reset)
        {
            _socket.LingerState = new(enable: true, seconds: 0);
        }

        _closed.Cancel();
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var reader = new FrameReader(_stream);
        _broker.Update(() => Receive(new Accepted(), null, 0));
        await _reading.PassAsync(_closed.Token);
        if (await reader.ReadProtocolHeaderAsync(_closed.Token) is not { } header)
        {
            return;
        }

        await _reading.PassAsync(_closed.Token);
        _broker.Update(() => Receive(new ProtocolHeader(header), null, 0));
        while (await reader.ReadAsync(_closed.Token) is { } frame)
        {
            await _reading.PassAsync(_closed.Token);
            _broker.Update(() => Handle(frame));
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var octets in _outbound.Reader.ReadAllAsync(_closed.Token))
            {
                await _writing.PassAsync(_closed.Token);
                await WriteAsync(octets);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            // The reader sees the loss as well, and ends the connection.
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> octets)
    {
        if (_broker.Options.Distort is not { } distort)
        {
            await _stream.WriteAsync(octets, _closed.Token);
            return;
        }

        await foreach (var distorted in distort(this, octets, _closed.Token))
        {
            await _stream.WriteAsync(distorted, _closed.Token);
        }
    }

    private void StartHeartbeats()
    {
        if (Heartbeat > TimeSpan.Zero)
        {
            var interval = Heartbeat / 2;
            _heartbeats = _broker.Options.TimeProvider.CreateTimer(_ => BeatHeart(), null, interval, interval);
        }
    }

    private void BeatHeart()
    {
        if (_writing.IsOpen)
        {
            Send(Frame.Heartbeat);
        }
    }

    /// <summary>From here on the client counts as gone, whatever still happens on the socket.</summary>
    private void End()
    {
        if (EndedAt is null)
        {
            EndedAt = _broker.Elapsed;
            IsOpen = false;
            _heartbeats?.Dispose();
            DropChannels();
        }
    }

    private static bool IsLoss(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
