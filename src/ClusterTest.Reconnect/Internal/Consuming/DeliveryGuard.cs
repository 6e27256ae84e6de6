using ClusterTest.Reconnect.Internal.Sessions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// Parks a message that came back too often, before its quorum queue drops it: a queue counts lost connections against a message, too,
/// and those of messages that were handed out but never handled as well. Warns half-way there. One for each generation.
/// </summary>
internal sealed class DeliveryGuard(SessionContext context, int limit)
{
    private bool _hasWarned;

    /// <summary>Decides about a message that the handler must not see any more.</summary>
    /// <returns><see langword="null"/> if it is the handler's.</returns>
    public DeliveryResult? Check(Delivery delivery)
    {
        var count = delivery.DeliveryCount ?? 0;
        if (count >= limit)
        {
            return DeliveryResult.Park($"it came back unacknowledged {count} times, and the delivery limit is {limit}");
        }

        // A message passes this number once, and a lost connection sends many messages past it together: one stands for all.
        if (count == (limit + 1) / 2 && !_hasWarned)
        {
            _hasWarned = true;
            Log.CameBackOften(context.Logger, context.Session, delivery.MessageId ?? "(none)", count, limit);
        }

        return null;
    }
}
