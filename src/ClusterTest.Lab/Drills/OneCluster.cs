using ClusterTest.Lab.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Lab.Drills;

/// <summary>Finds out whether all that a balancer leads to is one cluster: whether a queue that is declared through one connection is known through the others.</summary>
/// <remarks>The name of the cluster, which brokers tell at each connection, proves nothing: unless somebody has set it, each node gives its own.</remarks>
internal static class OneCluster
{
    // Held together, so that a balancer which prefers the server with the fewest sessions leads to every one of them.
    private const int Connections = 9;

    // A declaration may reach the other nodes a little later than its sender (RabbitMQ 4, Khepri).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks as many times as there may be servers. Who cannot be asked is not counted: the drill itself will tell.</summary>
    /// <exception cref="LabException">A server does not know what another was told.</exception>
    internal static async Task RequireAsync(ConnectionFactory connections, string address, TimeProvider time, CancellationToken cancellationToken)
    {
        var opened = (await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => TryConnectAsync(connections, cancellationToken)))).OfType<IConnection>().ToList();
        try
        {
            var strangers = await FindStrangersAsync(opened, time, cancellationToken);
            if (strangers.Count > 0)
            {
                throw new LabException($"{address} leads to more than one cluster: {string.Join(", ", strangers)} does not know a queue that was declared on {NameOf(opened[0])}. "
                    + "What is published on one is not received on the other, so a drill would prove nothing. Let them be one cluster (rabbitmqctl join_cluster), or take the stranger out of the balancer.");
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
            // Exclusive: it is gone with its connection.
            var queue = $"{new DrillNames().Queue}.probe";
            await using var channel = await first.CreateChannelAsync(cancellationToken: cancellationToken);
            _ = await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken);
            var known = await Task.WhenAll(others.Select(other => IsKnownAsync(other, queue, time, cancellationToken)));
            return [.. others.Where((_, index) => !known[index]).Select(NameOf).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException)
        {
            return []; // That node, or this account, cannot be asked.
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
                if (time.GetElapsedTime(began) > Patience)
                {
                    return false;
                }
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException)
            {
                return true; // It belongs to another connection (405), and so it is known; or there is no answer.
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
        connection.ServerProperties is { } properties && properties.TryGetValue("cluster_name", out var value) && value is byte[] name ? System.Text.Encoding.UTF8.GetString(name) : "a broker without a name";
}
