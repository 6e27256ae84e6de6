namespace ScriptedAmqp;

/// <summary>The moment a TCP connection was accepted, before anything was read from it.</summary>
public sealed record Accepted : ClientMethod;

/// <summary>The first eight octets, <c>AMQP 0 0 9 1</c>. Its answer is <c>connection.start</c>.</summary>
public sealed record ProtocolHeader(ReadOnlyMemory<byte> Octets) : ClientMethod;

/// <summary>Its answer is <c>connection.tune</c>.</summary>
public sealed record ConnectionStartOk(IReadOnlyDictionary<string, object?> ClientProperties, string Mechanism, string Response)
    : ClientMethod;

/// <summary>Has no answer. The heartbeat is in seconds.</summary>
public sealed record ConnectionTuneOk(ushort ChannelMax, uint FrameMax, ushort Heartbeat) : ClientMethod;

public sealed record ConnectionOpen(string VirtualHost) : ClientMethod;

public sealed record ConnectionClose(ushort ReplyCode, string ReplyText) : ClientMethod;

public sealed record ConnectionCloseOk : ClientMethod;

/// <summary>A method this broker does not know; it answers 540.</summary>
public sealed record UnsupportedMethod(ushort ClassId, ushort MethodId) : ClientMethod;
