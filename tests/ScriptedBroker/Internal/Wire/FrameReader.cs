using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace ScriptedAmqp.Internal.Wire;

/// <summary>Cuts what a client sends into the protocol header and frames. Null means that the client closed.</summary>
internal sealed class FrameReader(Stream stream)
{
    private const int MaxPayload = 16 * 1024 * 1024;
    private readonly PipeReader _pipe = PipeReader.Create(stream);

    public Task<byte[]?> ReadProtocolHeaderAsync(CancellationToken cancellationToken) =>
        TakeAsync(8, cancellationToken);

    public async Task<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(Frame.HeaderSize, cancellationToken) is not { } header)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(3));
        if (length > MaxPayload)
        {
            throw new InvalidDataException($"A frame of {length} octets is too long.");
        }

        if (await TakeAsync((int)length + 1, cancellationToken) is not { } payload)
        {
            return null;
        }

        return payload[^1] == Frame.End
            ? new Frame((FrameType)header[0], BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1)), payload.AsMemory(..^1))
            : throw new InvalidDataException("A frame does not end with 0xCE.");
    }

    private async Task<byte[]?> TakeAsync(int count, CancellationToken cancellationToken)
    {
        var result = await _pipe.ReadAtLeastAsync(count, cancellationToken);
        if (result.Buffer.Length < count)
        {
            return null;
        }

        var taken = result.Buffer.Slice(0, count);
        var bytes = taken.ToArray();
        _pipe.AdvanceTo(taken.End);
        return bytes;
    }
}
