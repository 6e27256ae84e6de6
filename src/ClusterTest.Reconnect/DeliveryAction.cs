namespace ClusterTest.Reconnect;

/// <summary>What becomes of a delivered message.</summary>
public enum DeliveryAction
{
    /// <summary>It is acked: done.</summary>
    Ack,

    /// <summary>It goes back into the queue.</summary>
    Retry,

    /// <summary>It goes to the parked queue.</summary>
    Park,
}
