using ClusterTest.Reconnect.Internal.Sessions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// Parks a message that came back too often, before its quorum queue drops it: a queue also counts lost connections against a message, even if no handler
/// ever got the message. Warns at half the limit. Each generation has its own guard.
/// </summary>
internal sealed class DeliveryGuard(SessionContext context, int limit)
{
    private bool _hasWarned;

    /// <summary>Decides whether the handler may get a message.</summary>
    /// <returns>The result for a message that the handler must not get any more; <see langword="null"/> if the handler gets the message.</returns>
    public DeliveryResult? Check(Delivery delivery)
    {
        var count = delivery.DeliveryCount ?? 0;
        if (count >= limit)
        {
            return DeliveryResult.Park($"it came back unacknowledged {count} times, and the delivery limit is {limit}");
        }

        // One warning stands for all: a lost connection raises the counts of many messages together, and each count has this value once.
        if (count == (limit + 1) / 2 && !_hasWarned)
        {
            _hasWarned = true;
            Log.CameBackOften(context.Logger, context.Session, delivery.MessageId ?? "(none)", count, limit);
        }

        return null;
    }
}
