namespace ScriptedAmqp;

public sealed record BasicQos(uint PrefetchSize, ushort PrefetchCount, bool Global) : ClientMethod;

public sealed record BasicConsume(
    string Queue,
    string ConsumerTag,
    bool NoLocal,
    bool NoAck,
    bool Exclusive,
    bool NoWait,
    IReadOnlyDictionary<string, object?> Arguments) : ClientMethod;

public sealed record BasicCancel(string ConsumerTag, bool NoWait) : ClientMethod;

public sealed record BasicGet(string Queue, bool NoAck) : ClientMethod;

public sealed record BasicAck(ulong DeliveryTag, bool Multiple) : ClientMethod;

public sealed record BasicNack(ulong DeliveryTag, bool Multiple, bool Requeue) : ClientMethod;

public sealed record BasicReject(ulong DeliveryTag, bool Requeue) : ClientMethod;
