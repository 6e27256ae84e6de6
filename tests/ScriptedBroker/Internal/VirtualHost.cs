namespace ScriptedAmqp.Internal;

/// <summary>Exchanges, queues and bindings. They outlive every connection, as on a durable broker.</summary>
internal sealed class VirtualHost(ScriptedBrokerOptions options)
{
    private readonly Dictionary<string, string> _exchangeTypes = new()
    {
        [""] = "direct",
        ["amq.direct"] = "direct",
        ["amq.fanout"] = "fanout",
    };

    private readonly Dictionary<string, BrokerQueue> _queues = [];
    private readonly HashSet<(string Exchange, string RoutingKey, string Queue)> _bindings = [];
    private int _generatedNames;

    public BrokerQueue Queue(string name) =>
        _queues.GetValueOrDefault(name) ?? throw AmqpError.NotFound($"queue '{name}'");

    public BrokerQueue? FindQueue(string name) => _queues.GetValueOrDefault(name);

    public BrokerQueue Declare(QueueDeclare declare)
    {
        if (declare.Passive)
        {
            return Queue(declare.Queue);
        }

        if (_queues.TryGetValue(declare.Queue, out var existing))
        {
            RequireEquivalent(declare, existing.Declaration);
            return existing;
        }

        var queue = new BrokerQueue(declare.Queue.Length > 0 ? declare : declare with { Queue = $"amq.gen-{++_generatedNames}" }, options);
        _queues.Add(queue.Name, queue);
        return queue;
    }

    public void Declare(ExchangeDeclare declare)
    {
        if (declare.Passive)
        {
            RequireExchange(declare.Exchange);
        }
        else if (_exchangeTypes.TryAdd(declare.Exchange, declare.Type))
        {
            return;
        }
        else if (_exchangeTypes[declare.Exchange] is var type && type != declare.Type)
        {
            throw Inequivalent("type", $"exchange '{declare.Exchange}'", declare.Type, type);
        }
    }

    public void Bind(string exchange, string routingKey, string queue)
    {
        RequireExchange(exchange);
        _bindings.Add((exchange, routingKey, Queue(queue).Name));
    }

    public void Unbind(string exchange, string routingKey, string queue) => _bindings.Remove((exchange, routingKey, queue));

    public bool IsBound(string exchange, string routingKey, string queue) => _bindings.Contains((exchange, routingKey, queue));

    public void DeleteExchange(string exchange)
    {
        _exchangeTypes.Remove(exchange);
        _bindings.RemoveWhere(binding => binding.Exchange == exchange);
    }

    public void DeleteQueue(string queue)
    {
        _queues.Remove(queue);
        _bindings.RemoveWhere(binding => binding.Queue == queue);
    }

    /// <returns>Whether any queue took the message.</returns>
    public bool Route(Message message)
    {
        RequireExchange(message.Exchange);
        var queues = Targets(message).ToArray();
        foreach (var queue in queues)
        {
            queue.Enqueue(message);
        }

        return queues.Length > 0;
    }

    private IEnumerable<BrokerQueue> Targets(Message message)
    {
        if (message.Exchange.Length == 0)
        {
            return _queues.TryGetValue(message.RoutingKey, out var queue) ? [queue] : [];
        }

        var everyKey = _exchangeTypes[message.Exchange] == "fanout";
        return _bindings
            .Where(binding => binding.Exchange == message.Exchange && (everyKey || binding.RoutingKey == message.RoutingKey))
            .Select(binding => _queues[binding.Queue])
            .Distinct();
    }

    private void RequireExchange(string exchange)
    {
        if (!_exchangeTypes.ContainsKey(exchange))
        {
            throw AmqpError.NotFound($"exchange '{exchange}'");
        }
    }

    private static void RequireEquivalent(QueueDeclare received, QueueDeclare current)
    {
        Compare("durable", received.Durable, current.Durable);
        Compare("exclusive", received.Exclusive, current.Exclusive);
        Compare("auto_delete", received.AutoDelete, current.AutoDelete);
        foreach (var name in received.Arguments.Keys.Union(current.Arguments.Keys))
        {
            // A queue without a type is a classic one.
            object? none = name == "x-queue-type" ? "classic" : null;
            Compare(name, received.Arguments.GetValueOrDefault(name, none), current.Arguments.GetValueOrDefault(name, none));
        }

        void Compare(string argument, object? was, object? now)
        {
            if (!Equals(was, now))
            {
                throw Inequivalent(argument, $"queue '{received.Queue}'", was, now);
            }
        }
    }

    private static AmqpError Inequivalent(string argument, string entity, object? received, object? current) => new(
        406,
        $"PRECONDITION_FAILED - inequivalent arg '{argument}' for {entity} in vhost '/': "
            + $"received {Show(received)} but current is {Show(current)}");

    private static string Show(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "'true'" : "'false'",
        _ => $"'{value}'",
    };
}
