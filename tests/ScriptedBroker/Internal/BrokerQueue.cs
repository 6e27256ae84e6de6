namespace ScriptedAmqp.Internal;

/// <summary>An in-memory queue: messages in order, consumers in turn.</summary>
internal sealed class BrokerQueue(QueueDeclare declaration, ScriptedBrokerOptions options)
{
    private readonly SortedDictionary<long, StoredMessage> _ready = [];
    private readonly SortedDictionary<long, StoredMessage> _unacknowledged = [];
    private readonly List<Message> _acknowledged = [];
    private readonly List<Message> _dropped = [];
    private readonly List<BrokerConsumer> _consumers = [];
    private long _nextPosition;
    private int _turn;

    public QueueDeclare Declaration => declaration;

    public string Name => declaration.Queue;

    public bool IsQuorum => declaration.Arguments.GetValueOrDefault("x-queue-type") is "quorum";

    public int ReadyCount => _ready.Count;

    public IReadOnlyList<BrokerConsumer> Consumers => _consumers;

    public QueueState State => new(
        Name,
        [.. _ready.Values.Select(stored => stored.Message)],
        [.. _unacknowledged.Values.Select(stored => stored.Message)],
        [.. _acknowledged],
        [.. _dropped],
        [.. _consumers.Select(consumer => consumer.ConsumerTag)]);

    public void Enqueue(Message message)
    {
        var stored = new StoredMessage(this, _nextPosition++, message);
        _ready.Add(stored.Position, stored);
        Dispatch();
    }

    public StoredMessage? Take()
    {
        if (_ready.Count == 0)
        {
            return null;
        }

        var (position, stored) = _ready.First();
        _ready.Remove(position);
        _unacknowledged.Add(position, stored);
        return stored;
    }

    public void Acknowledge(StoredMessage stored)
    {
        if (_unacknowledged.Remove(stored.Position))
        {
            _acknowledged.Add(stored.Message);
        }
    }

    public void Discard(StoredMessage stored) => _unacknowledged.Remove(stored.Position);

    /// <summary>Takes a message back. A quorum queue counts it, and drops the message when the count gets above its limit.</summary>
    public void Requeue(StoredMessage stored, bool isPutBack)
    {
        if (!_unacknowledged.Remove(stored.Position))
        {
            return;
        }

        stored.Redelivered = true;
        stored.DeliveryCount += !isPutBack || options.CountsPutBack ? 1 : 0;
        if (IsQuorum && stored.DeliveryCount > options.DeliveryLimit)
        {
            _dropped.Add(stored.Message);
            return;
        }

        _ready.Add(stored.Position, stored);
    }

    public int Purge()
    {
        var count = _ready.Count;
        _ready.Clear();
        return count;
    }

    public void Add(BrokerConsumer consumer) => _consumers.Add(consumer);

    public void Remove(BrokerConsumer consumer) => _consumers.Remove(consumer);

    /// <summary>Hands out what is ready, for as long as some consumer may have more.</summary>
    public void Dispatch()
    {
        while (_ready.Count > 0 && NextConsumer() is { } consumer)
        {
            consumer.Channel.Deliver(consumer, Take()!);
        }
    }

    private BrokerConsumer? NextConsumer()
    {
        for (var i = 0; i < _consumers.Count; i++)
        {
            var consumer = _consumers[_turn++ % _consumers.Count];
            if (consumer.HasCredit)
            {
                return consumer;
            }
        }

        return null;
    }
}
