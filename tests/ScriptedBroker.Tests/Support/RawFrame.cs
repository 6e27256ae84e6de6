namespace ScriptedAmqp.Tests.Support;

/// <summary>A frame as it came, cut at its length and no further.</summary>
internal sealed record RawFrame(byte Type, ushort Channel, byte[] Payload)
{
    public const byte Method = 1;
    public const byte Header = 2;
    public const byte Body = 3;
    public const byte Heartbeat = 8;

    /// <summary>Gets class and method, of a frame that is a method.</summary>
    public (int Class, int Method) Id => Type == Method
        ? ((Payload[0] << 8) | Payload[1], (Payload[2] << 8) | Payload[3])
        : throw new InvalidOperationException($"A frame of type {Type} has no method.");

    public byte[] Arguments => Payload[4..];
}
