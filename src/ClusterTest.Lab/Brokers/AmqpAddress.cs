namespace ClusterTest.Lab.Brokers;

/// <summary>The address of an AMQP listener.</summary>
public sealed record AmqpAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
