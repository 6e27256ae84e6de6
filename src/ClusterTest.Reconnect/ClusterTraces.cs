namespace ClusterTest.Reconnect;

/// <summary>The traces of this library.</summary>
/// <remarks>
/// <para>A handler runs in an activity named <c>process QUEUE</c>. The parent of the activity is the one that the message's headers name
/// (<c>traceparent</c>, or what <c>RabbitMQActivitySource.ContextExtractor</c> reads).</para>
/// <para>The client library traces a publish (<c>RabbitMQActivitySource.PublisherSourceName</c>), once for each attempt. The parent is the activity that was
/// current at the call of <see cref="ClusterProducer.PublishAsync"/>.</para>
/// </remarks>
public static class ClusterTraces
{
    /// <summary>The name of the activity source, to subscribe to.</summary>
    public const string SourceName = "ClusterTest.Reconnect";
}
