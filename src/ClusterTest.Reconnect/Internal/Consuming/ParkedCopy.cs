using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// The copy of a message for the parked queue: the same body and properties, and headers that say where the message comes from and why it is parked.
/// </summary>
internal static class ParkedCopy
{
    private const int LongestText = 1000;

    /// <summary>Makes the copy.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="reason">Why it is parked.</param>
    /// <param name="queue">The queue that the message comes from.</param>
    /// <param name="frameMax">The largest frame in octets, which all properties must fit into; 0: no limit.</param>
    /// <returns>The copy, and the names of the headers that did not fit into it; empty if all fit.</returns>
    public static (OutgoingContent Content, string Cut) Of(Delivery delivery, string reason, string queue, uint frameMax)
    {
        var headers = new Dictionary<string, object?>(delivery.Headers ?? new Dictionary<string, object?>());

        // As in RabbitMQ's own dead-lettering, a copy neither expires nor goes to further queues.
        headers.Remove("CC");
        headers.Remove("BCC");

        // This is the count of the old queue. It starts again when somebody puts the copy back.
        headers.Remove(Delivery.DeliveryCountHeader);
        Dictionary<string, object?> ours = new()
        {
            ["x-parked-reason"] = Shorten(reason),
            ["x-parked-queue"] = queue,
            ["x-parked-exchange"] = delivery.Exchange,
            ["x-parked-routing-key"] = delivery.RoutingKey,
        };
        foreach (var name in ours.Keys)
        {
            headers.Remove(name);
        }

        // The largest headers are left out first, until the others fit.
        var bySize = new Queue<string>(headers.OrderByDescending(SizeOf).Select(static header => header.Key));
        List<string> cut = [];
        while (true)
        {
            var content = Create(delivery, headers, ours);
            if (content.FindObstacle(frameMax) is null || !bySize.TryDequeue(out var largest))
            {
                return (content, string.Join(", ", cut));
            }

            headers.Remove(largest);
            cut.Add(largest);
            ours["x-parked-cut"] = Shorten(string.Join(", ", cut));
        }
    }

    private static OutgoingContent Create(Delivery delivery, Dictionary<string, object?> headers, Dictionary<string, object?> ours)
    {
        var properties = new BasicProperties(delivery.Properties) { Persistent = true, Headers = new Dictionary<string, object?>(headers.Concat(ours)) };
        properties.ClearExpiration();

        // RabbitMQ would compare the user-id with the user that publishes the copy.
        properties.ClearUserId();
        return new OutgoingContent(new OutgoingMessage { Body = delivery.Body, MessageId = delivery.MessageId ?? "", Ready = properties });
    }

    private static int SizeOf(KeyValuePair<string, object?> header) =>
        ((IAmqpWriteable)new BasicProperties { Headers = new Dictionary<string, object?> { [header.Key] = header.Value } }).GetRequiredBufferSize();

    private static string Shorten(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
