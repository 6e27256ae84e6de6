namespace ClusterTest.Reconnect;

/// <summary>The traces of this library.</summary>
/// <remarks>
/// <para>A handler runs in an activity, <c>process QUEUE</c>, whose parent is the one that the message's headers name (<c>traceparent</c>, or what
/// <c>RabbitMQActivitySource.ContextExtractor</c> reads).</para>
/// <para>A publish is traced by the client library (<c>RabbitMQActivitySource.PublisherSourceName</c>), once for each attempt; its parent is what was current
/// at the call of <see cref="ClusterProducer.PublishAsync"/>.</para>
/// </remarks>
public static class ClusterTraces
{
    /// <summary>The name of the activity source, to subscribe to.</summary>
    public const string SourceName = "ClusterTest.Reconnect";
}
