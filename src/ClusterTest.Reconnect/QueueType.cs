namespace ClusterTest.Reconnect;

/// <summary>The type of a queue, for its declaration.</summary>
public enum QueueType
{
    /// <summary>A replicated queue, which survives the loss of a minority of its nodes.</summary>
    Quorum,

    /// <summary>
    /// A queue on one node, which is not available while that node is down. RabbitMQ treats a queue that was declared without a type as a classic queue.
    /// </summary>
    Classic,
}
