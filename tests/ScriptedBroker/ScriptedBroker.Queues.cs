using System.Text;
using ScriptedAmqp.Internal;

namespace ScriptedAmqp;

public sealed partial class ScriptedBroker
{
    /// <summary>A queue as it is now. One that nobody declared is empty.</summary>
    public QueueState Queue(string name)
    {
        lock (_sync)
        {
            return VirtualHost.FindQueue(name)?.State ?? new(name, [], [], [], [], []);
        }
    }

    /// <summary>Puts a message into a queue without any client. The queue is declared, durable, if need be.</summary>
    public void Enqueue(string queue, ReadOnlySpan<byte> body, MessageProperties? properties = null)
    {
        var message = new Message("", queue, properties ?? new(), body.ToArray());
        Update(() =>
        {
            var target = VirtualHost.FindQueue(queue) ?? VirtualHost.Declare(DurableQueue(queue));
            target.Enqueue(message);
        });
    }

    public void Enqueue(string queue, string body, MessageProperties? properties = null) =>
        Enqueue(queue, Encoding.UTF8.GetBytes(body), properties);

    /// <summary>Declares a direct exchange and a durable queue of one name, bound by it, without any client, as an operator may.</summary>
    public void Declare(string name, IReadOnlyDictionary<string, object?>? arguments = null) => Update(() =>
    {
        VirtualHost.Declare(new ExchangeDeclare(
            name, "direct", Passive: false, Durable: true, AutoDelete: false, Internal: false, NoWait: false, new Dictionary<string, object?>()));
        VirtualHost.Declare(DurableQueue(name) with { Arguments = arguments ?? new Dictionary<string, object?>() });
        VirtualHost.Bind(name, name, name);
    });

    /// <summary><c>basic.cancel</c> to every consumer of a queue; the queue stays, as when its leader is gone for a moment.</summary>
    public void CancelConsumers(string queue) => Update(() =>
    {
        if (VirtualHost.FindQueue(queue) is { } found)
        {
            BrokerChannel.CancelAll(found);
        }
    });

    /// <summary>Deletes a queue with its messages and bindings; its consumers are cancelled.</summary>
    public void DeleteQueue(string queue) => Update(() =>
    {
        if (VirtualHost.FindQueue(queue) is { } found)
        {
            VirtualHost.DeleteQueue(queue);
            BrokerChannel.CancelAll(found);
        }
    });

    /// <summary>Deletes a queue as RabbitMQ 3.10.8 may delete a quorum queue: its consumers are not told, and get nothing any more.</summary>
    public void DeleteQueueSilently(string queue) => Update(() => VirtualHost.DeleteQueue(queue));

    /// <summary>Takes a binding away, as an operator may; nobody is told.</summary>
    public void Unbind(string exchange, string routingKey, string queue) => Update(() => VirtualHost.Unbind(exchange, routingKey, queue));

    /// <summary>Deletes an exchange with its bindings; nobody is told.</summary>
    public void DeleteExchange(string exchange) => Update(() => VirtualHost.DeleteExchange(exchange));

    public bool IsBound(string exchange, string routingKey, string queue)
    {
        lock (_sync)
        {
            return VirtualHost.IsBound(exchange, routingKey, queue);
        }
    }

    private static QueueDeclare DurableQueue(string name) => new(
        name,
        Passive: false,
        Durable: true,
        Exclusive: false,
        AutoDelete: false,
        NoWait: false,
        new Dictionary<string, object?>());
}
