using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

/// <summary>The copy of a message that goes to the parked queue: the same body and properties, and headers that say where it comes from and why.</summary>
internal static class ParkedCopy
{
    private const int LongestText = 1000;

    // A content header frame: 7 octets before the payload and 1 behind it (AMQP 0-9-1, 4.2.3), class, weight and body size (4.2.6.1); the rest is
    // for what the publisher adds.
    private const int Overhead = 7 + 1 + 2 + 2 + 8 + 256;

    /// <summary>Makes the copy.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="reason">Why it is parked.</param>
    /// <param name="queue">Where it was.</param>
    /// <param name="frameMax">The largest frame, in octets, in which all properties must fit; 0 is no limit.</param>
    /// <returns>The copy, and the names of the headers that it had to leave out; empty if it has all.</returns>
    public static (OutgoingMessage Message, string Cut) Of(Delivery delivery, string reason, string queue, uint frameMax)
    {
        var headers = new Dictionary<string, object?>(delivery.Headers ?? new Dictionary<string, object?>());

        // As in RabbitMQ's own dead-lettering: a copy neither expires nor goes to further queues.
        headers.Remove("CC");
        headers.Remove("BCC");

        // The count is the old queue's: where the copy is put back, it starts over.
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

        var properties = new BasicProperties(delivery.Properties) { Persistent = true, Headers = ours };
        properties.ClearExpiration();

        // RabbitMQ checks a user-id against the one that publishes now.
        properties.ClearUserId();
        var cut = Shorten(string.Join(", ", Cut(headers, frameMax == 0 ? int.MaxValue : (int)frameMax - Overhead - SizeOf(properties))));
        foreach (var (name, value) in headers)
        {
            ours.Add(name, value);
        }

        if (cut.Length > 0)
        {
            ours["x-parked-cut"] = cut;
        }

        return (new OutgoingMessage { Body = delivery.Body, MessageId = delivery.MessageId ?? "", Properties = properties }, cut);
    }

    /// <summary>Takes out the largest until the others fit.</summary>
    /// <returns>The names of those that were taken out.</returns>
    private static List<string> Cut(Dictionary<string, object?> headers, int room)
    {
        List<string> cut = [];
        var sizes = headers.Select(static header => (Name: header.Key, Size: SizeOf(header))).OrderByDescending(static header => header.Size).ToList();
        var size = sizes.Sum(static header => header.Size);
        foreach (var (name, itsSize) in sizes)
        {
            if (size <= (cut.Count == 0 ? room : room - (4 * LongestText)))
            {
                break;
            }

            headers.Remove(name);
            cut.Add(name);
            size -= itsSize;
        }

        return cut;
    }

    private static int SizeOf(KeyValuePair<string, object?> header) => SizeOf(new BasicProperties { Headers = new Dictionary<string, object?> { [header.Key] = header.Value } });

    private static int SizeOf(BasicProperties properties) => ((IAmqpWriteable)properties).GetRequiredBufferSize();

    private static string Shorten(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
