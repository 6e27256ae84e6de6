using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace NullAmqp;

/// <summary>
/// A client's connection. It reads what there is, a block, answers it, and at the block's end confirms and delivers on each channel whatever it may: several
/// messages at a time if they came together, as a broker does. Nothing is allocated per message.
/// </summary>
internal sealed partial class Connection(NullServer server, NullBrokerOptions options, Socket socket)
{
    private const int FirstInput = 16 * 1024;
    private const int LargestInput = 1024 * 1024;
    private const int EnoughOutput = 256 * 1024;

    private readonly FrameWriter _out = new(4096);
    private readonly Dictionary<ushort, Channel> _channels = [];
    private readonly List<Channel> _touched = [];
    private byte[] _in = new byte[FirstInput];
    private int _begin;
    private int _end;
    private int _frameMax = 128 * 1024;
    private bool _isOver;

    // The last channel, since most clients use one.
    private Channel? _last;

    // What is left of a body's frame, its end included: nobody looks at it.
    private int _skip;
    private Channel? _skipping;
    private Totals _totals;

    /// <summary>Serves the connection until either side ends it.</summary>
    public void Run()
    {
        try
        {
            if (Greet())
            {
                while (!_isOver && Fill())
                {
                    ReadFrames();
                    EndBlock();
                    Flush();
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ArgumentOutOfRangeException)
        {
            // Lost, or it sent what cannot be read.
        }
        finally
        {
            Count();
            socket.Dispose();
        }
    }

    private bool Greet()
    {
        while (_end < 8)
        {
            if (!Fill())
            {
                return false;
            }
        }

        _begin = 8;
        Start();
        Flush();
        return true;
    }

    private bool Fill()
    {
        if (_begin == _end)
        {
            _begin = _end = 0;
        }
        else if (_begin > 0)
        {
            _in.AsSpan(_begin, _end - _begin).CopyTo(_in);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end == _in.Length)
        {
            Array.Resize(ref _in, _in.Length * 2);
        }

        var read = socket.Receive(_in.AsSpan(_end));
        _end += read;
        if (_end == _in.Length && _in.Length < LargestInput)
        {
            Array.Resize(ref _in, _in.Length * 2);
        }

        return read > 0;
    }

    private void ReadFrames()
    {
        while (!_isOver)
        {
            if (_skip > 0)
            {
                var skipped = Math.Min(_skip, _end - _begin);
                _begin += skipped;
                _skip -= skipped;
                if (_skip > 0)
                {
                    return;
                }

                CheckEnd(_in[_begin - 1]);
                PublishedIfWhole(_skipping!);
            }

            var there = _end - _begin;
            if (there < Amqp.FrameStart)
            {
                return;
            }

            var frame = _in.AsSpan(_begin, there);
            var channel = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
            var size = BinaryPrimitives.ReadInt32BigEndian(frame[3..]);
            if (size < 0 || size > _frameMax)
            {
                Refuse(Amqp.FrameError, "FRAME_ERROR - too large", 0);
                return;
            }

            if (frame[0] == Amqp.BodyFrame)
            {
                _skipping = ChannelOf(channel);
                _skipping.BodyLeft -= Math.Min((ulong)size, _skipping.BodyLeft);
                _skip = size + 1;
                _begin += Amqp.FrameStart;
                continue;
            }

            if (there < Amqp.FrameStart + size + 1)
            {
                return;
            }

            CheckEnd(frame[Amqp.FrameStart + size]);
            _begin += Amqp.FrameStart + size + 1;
            Read(frame[0], channel, frame.Slice(Amqp.FrameStart, size));
        }
    }

    private void CheckEnd(byte end)
    {
        if (end != Amqp.FrameEnd)
        {
            Refuse(Amqp.FrameError, "FRAME_ERROR - no frame end", 0);
        }
    }

    private Channel ChannelOf(ushort number)
    {
        if (_last?.Number == number)
        {
            return _last;
        }

        if (!_channels.TryGetValue(number, out var channel))
        {
            _channels.Add(number, channel = new Channel(number));
        }

        return _last = channel;
    }

    private void Forget(ushort number)
    {
        _channels.Remove(number);
        _last = null;
    }

    private void Touch(Channel channel)
    {
        if (!channel.IsTouched)
        {
            channel.IsTouched = true;
            _touched.Add(channel);
        }
    }

    private void EndBlock()
    {
        foreach (var channel in _touched)
        {
            channel.IsTouched = false;
            Confirm(channel);
            Deliver(channel);
        }

        _touched.Clear();
        Count();
    }

    private void Confirm(Channel channel)
    {
        var count = channel.Published - channel.Confirmed;
        if (count > 0)
        {
            _out.Method(channel.Number, Amqp.BasicAck).LongLong(channel.Published).Octet((byte)(count > 1 ? 1 : 0)).End();
            channel.Confirmed = channel.Published;
            _totals = _totals with { Confirmed = _totals.Confirmed + (long)count };
        }
    }

    private void Deliver(Channel channel)
    {
        if (channel.Consumer is not { } template || options.IsSilent)
        {
            return;
        }

        var prefetch = channel.Prefetch == 0 ? ushort.MaxValue : channel.Prefetch;
        var now = (long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency));
        var before = channel.Unacked.Last;
        while (channel.Unacked.Count < prefetch && channel.Unacked.HasRoom)
        {
            template.Write(_out, channel.Unacked.Add(), now);
            if (!template.LargeBody.IsEmpty)
            {
                Flush();
                Send(template.LargeBody);
            }
            else if (_out.Length > EnoughOutput)
            {
                Flush();
            }
        }

        _totals = _totals with { Delivered = _totals.Delivered + (long)(channel.Unacked.Last - before) };
    }

    private void Flush()
    {
        Send(_out.Written);
        _out.Clear();
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private void Count()
    {
        server.Add(_totals);
        _totals = default;
    }
}
