namespace ClusterTest.Reconnect;

/// <summary>What a handler decides about a message.</summary>
public readonly record struct DeliveryResult
{
    private DeliveryResult(DeliveryAction action, string reason)
    {
        Action = action;
        Reason = reason;
    }

    /// <summary>Gets the result that removes the message from the queue. This is the default value of the type.</summary>
    public static DeliveryResult Ack => default;

    /// <summary>Gets the result that puts the message back into the queue, to be delivered again at once.</summary>
    /// <remarks>
    /// Up to RabbitMQ 4.2 a quorum queue counts each retry, and at <see cref="ConsumerOptions.DeliveryLimit"/> the message is parked: do not retry for long.
    /// </remarks>
    public static DeliveryResult Retry { get; } = new(DeliveryAction.Retry, "");

    /// <summary>Gets what the consumer does with the message.</summary>
    public DeliveryAction Action { get; }

    /// <summary>Gets why the message is parked; empty otherwise.</summary>
    public string Reason { get => field ?? ""; }

    /// <summary>
    /// Makes the result that moves the message to the parked queue, with the reason in its headers. The original is acked only after the broker has
    /// confirmed the copy.
    /// </summary>
    /// <param name="reason">Why the handler cannot handle the message, in one line.</param>
    /// <returns>The result.</returns>
    public static DeliveryResult Park(string reason) => new(DeliveryAction.Park, reason);
}
