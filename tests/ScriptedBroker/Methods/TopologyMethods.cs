namespace ScriptedAmqp;

public sealed record ExchangeDeclare(
    string Exchange,
    string Type,
    bool Passive,
    bool Durable,
    bool AutoDelete,
    bool Internal,
    bool NoWait,
    IReadOnlyDictionary<string, object?> Arguments) : ClientMethod;

public sealed record ExchangeDelete(string Exchange, bool IfUnused, bool NoWait) : ClientMethod;

public sealed record QueueDeclare(
    string Queue,
    bool Passive,
    bool Durable,
    bool Exclusive,
    bool AutoDelete,
    bool NoWait,
    IReadOnlyDictionary<string, object?> Arguments) : ClientMethod;

public sealed record QueueBind(
    string Queue,
    string Exchange,
    string RoutingKey,
    bool NoWait,
    IReadOnlyDictionary<string, object?> Arguments) : ClientMethod;

public sealed record QueueUnbind(
    string Queue,
    string Exchange,
    string RoutingKey,
    IReadOnlyDictionary<string, object?> Arguments) : ClientMethod;

public sealed record QueuePurge(string Queue, bool NoWait) : ClientMethod;

public sealed record QueueDelete(string Queue, bool IfUnused, bool IfEmpty, bool NoWait) : ClientMethod;
