namespace ScriptedAmqp;

public sealed record ChannelOpen : ClientMethod;

public sealed record ChannelFlow(bool Active) : ClientMethod;

public sealed record ChannelClose(ushort ReplyCode, string ReplyText) : ClientMethod;

public sealed record ChannelCloseOk : ClientMethod;

public sealed record ConfirmSelect(bool NoWait) : ClientMethod;
