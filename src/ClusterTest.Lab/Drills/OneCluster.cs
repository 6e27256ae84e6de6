using ClusterTest.Lab.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Lab.Drills;

/// <summary>
/// Finds out whether all nodes behind a balancer are one cluster: a queue that is declared on one connection must be known on the other connections.
/// </summary>
/// <remarks>The cluster name that a node reports at each connection proves nothing: if no name has been set, each node reports its own.</remarks>
internal static class OneCluster
{
    // The connections are open at the same time, so that a balancer that prefers the server with the fewest sessions leads to every server.
    private const int Connections = 9;

    // The other nodes may learn of a declaration a little later than the client that declared (RabbitMQ 4, Khepri).
    private static readonly TimeSpan DeclarationTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks through nine connections. A server that cannot be asked is left out: the drill itself will fail on it.</summary>
    /// <exception cref="LabException">A server does not know the queue that was declared on another server.</exception>
    internal static async Task RequireAsync(ConnectionFactory connections, string address, TimeProvider time, CancellationToken cancellationToken)
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => TryConnectAsync(connections, cancellationToken)));
        var opened = attempts.OfType<IConnection>().ToList();
        try
        {
            var strangers = await FindStrangersAsync(opened, time, cancellationToken);
            if (strangers.Count > 0)
            {
                throw new LabException(
                    $"{address} leads to more than one cluster: {string.Join(", ", strangers)} does not know a queue that was declared on "
                    + $"{NameOf(opened[0])}. A message that is published in one cluster is not received in the other, so a drill would prove nothing. "
                    + "Join the nodes to one cluster (rabbitmqctl join_cluster), or remove the nodes of the other cluster from the balancer.");
            }
        }
        finally
        {
            foreach (var connection in opened)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static async Task<IReadOnlyList<string>> FindStrangersAsync(List<IConnection> opened, TimeProvider time, CancellationToken cancellationToken)
    {
        if (opened is not [var first, .. var others])
        {
            return [];
        }

        try
        {
            // Exclusive: RabbitMQ deletes the queue when the connection ends.
            var queue = $"{new DrillNames().Queue}.probe";
            await using var channel = await first.CreateChannelAsync(cancellationToken: cancellationToken);
            _ = await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken);
            var known = await Task.WhenAll(others.Select(other => IsKnownAsync(other, queue, time, cancellationToken)));
            return [.. others.Where((_, index) => !known[index]).Select(NameOf).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException)
        {
            return []; // The node does not answer, or the user may not declare.
        }
    }

    private static async Task<bool> IsKnownAsync(IConnection connection, string queue, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                _ = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
                return true;
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.NotFound })
            {
                if (time.GetElapsedTime(began) > DeclarationTimeout)
                {
                    return false;
                }
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException)
            {
                return true; // 405 means that the queue belongs to another connection, and so the node knows it. Without an answer, nothing is proved.
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static async Task<IConnection?> TryConnectAsync(ConnectionFactory connections, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static string NameOf(IConnection connection) =>
        connection.ServerProperties is { } properties && properties.TryGetValue("cluster_name", out var value) && value is byte[] name
            ? System.Text.Encoding.UTF8.GetString(name)
            : "a node without a cluster name";
}
