namespace ClusterTest.Lab.Brokers;

/// <summary>Where an AMQP listener is.</summary>
public sealed record AmqpAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
