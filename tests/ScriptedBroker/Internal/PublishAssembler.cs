using System.Buffers;
using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp.Internal;

/// <summary>Puts a publish together from its method, header and body frames, which may be many.</summary>
internal sealed class PublishAssembler
{
    private readonly ArrayBufferWriter<byte> _body = new();
    private BasicPublish? _publish;
    private ulong _bodySize;

    public void Begin(BasicPublish publish) => _publish = publish;

    /// <returns>The publish, once it is whole.</returns>
    public BasicPublish? Add(Frame frame)
    {
        var publish = _publish ?? throw new InvalidDataException("A content frame came without a basic.publish.");
        if (frame.Type == FrameType.Header)
        {
            _publish = publish = publish with { Properties = MessageProperties.FromHeader(frame.Payload, out _bodySize) };
            _body.ResetWrittenCount();
        }
        else
        {
            _body.Write(frame.Payload.Span);
        }

        if ((ulong)_body.WrittenCount < _bodySize)
        {
            return null;
        }

        _publish = null;
        return publish with { Body = _body.WrittenSpan.ToArray() };
    }
}
