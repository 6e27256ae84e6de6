namespace ClusterTest.Reconnect;

/// <summary>What a handler decides about a message.</summary>
public readonly record struct DeliveryResult
{
    private DeliveryResult(DeliveryAction action, string reason)
    {
        Action = action;
        Reason = reason;
    }

    /// <summary>Gets the result that takes the message off the queue. It is the default.</summary>
    public static DeliveryResult Ack => default;

    /// <summary>Gets the result that puts the message back into the queue, to be delivered again at once.</summary>
    /// <remarks>Up to RabbitMQ 4.2 a quorum queue counts it, and at <see cref="ConsumerOptions.DeliveryLimit"/> the message is parked: do not retry for long.</remarks>
    public static DeliveryResult Retry { get; } = new(DeliveryAction.Retry, "");

    /// <summary>Gets what is done with the message.</summary>
    public DeliveryAction Action { get; }

    /// <summary>Gets why the message is parked; empty otherwise.</summary>
    public string Reason { get => field ?? ""; }

    /// <summary>Moves the message, with the reason in its headers, to the parked queue; it is acked only after that is confirmed.</summary>
    /// <param name="reason">Why the message cannot be handled, in one line.</param>
    /// <returns>The result.</returns>
    public static DeliveryResult Park(string reason) => new(DeliveryAction.Park, reason);
}
