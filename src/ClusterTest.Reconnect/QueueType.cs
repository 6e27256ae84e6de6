namespace ClusterTest.Reconnect;

/// <summary>The type that a queue is declared with.</summary>
public enum QueueType
{
    /// <summary>A replicated queue; it survives the loss of a minority of its nodes.</summary>
    Quorum,

    /// <summary>A queue on one node; it is not available while that node is down. RabbitMQ takes one that was declared without a type for the same.</summary>
    Classic,
}
