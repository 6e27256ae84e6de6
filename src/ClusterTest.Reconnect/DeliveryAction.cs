namespace ClusterTest.Reconnect;

/// <summary>What the consumer does with a delivered message.</summary>
public enum DeliveryAction
{
    /// <summary>The consumer acks the message, and the queue removes it.</summary>
    Ack,

    /// <summary>The message goes back into the queue.</summary>
    Retry,

    /// <summary>The message moves to the parked queue.</summary>
    Park,
}
