namespace ScriptedAmqp.Internal;

/// <summary>What a client did wrong, as the reply that tells it so.</summary>
#pragma warning disable CA1064 // never leaves the library: a channel turns it into a close
internal sealed class AmqpError(ushort replyCode, string replyText) : Exception(replyText)
#pragma warning restore CA1064
{
    public ushort ReplyCode => replyCode;

    public bool IsFatalToConnection { get; init; }

    public static AmqpError NotFound(string what) => new(404, $"NOT_FOUND - no {what} in vhost '/'");
}
