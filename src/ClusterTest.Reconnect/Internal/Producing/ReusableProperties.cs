using System.Runtime.CompilerServices;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// The properties of a channel's messages that have no headers of their own, one message after another: the client library has encoded them when a publish
/// ends.
/// </summary>
internal sealed class ReusableProperties
{
    private readonly object _sequence = 0L;
    private readonly Dictionary<string, object?> _headers = new(1);
    private readonly BasicProperties _properties = new() { Persistent = true };

    public BasicProperties For(string messageId, string? contentType, ulong sequence)
    {
        if (_headers.Count != 1)
        {
            _headers.Clear(); // the client library added the context of a trace
            _headers.Add(OutgoingContent.SequenceHeader, _sequence);
        }

        Unsafe.Unbox<long>(_sequence) = (long)sequence;
        _properties.MessageId = messageId;
        _properties.ContentType = contentType;
        _properties.Headers = _headers;
        return _properties;
    }
}
