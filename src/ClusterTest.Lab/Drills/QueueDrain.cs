using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Lab.Drills;

/// <summary>Empties a run's queues and removes what the run declared.</summary>
internal static class QueueDrain
{
    /// <summary>Takes every message out of the run's queues, through one node or balancer.</summary>
    /// <param name="connections">Makes connections to the node or balancer.</param>
    /// <param name="names">The run's names.</param>
    /// <param name="node">The name of the node or balancer, for the evidence.</param>
    /// <param name="found">Called with each message.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task EmptyAsync(
        ConnectionFactory connections, DrillNames names, string node, Action<DrainedEvent> found, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(connections, node, cancellationToken);
        foreach (var queue in new[] { names.Queue, names.ParkedQueue })
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                while (await channel.BasicGetAsync(queue, autoAck: true, cancellationToken) is { } message)
                {
                    var (run, sequence) = MessageOrigin.Of(message.BasicProperties.Headers);
                    var now = Moment.Now(time);
                    found(new DrainedEvent(message.BasicProperties.MessageId, run, sequence, queue, node)
                    {
                        Timestamp = now.At,
                        MonotonicMicroseconds = now.Microseconds,
                    });
                }
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.NotFound } reason
                && reason.ReplyText.Contains("no queue", StringComparison.Ordinal))
            {
                // No program declared the queue, or a fault deleted it. (A 404 with another text says that the queue's home node is down: then
                // the queue cannot be emptied.)
            }
            catch (Exception exception) when (IsOfTheBroker(exception, cancellationToken))
            {
                throw new LabException($"{queue} cannot be emptied at {node}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Removes the run's queues and its exchange, if they exist.</summary>
    internal static async Task RemoveAsync(ConnectionFactory connections, DrillNames names, string node, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(connections, node, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            _ = await channel.QueueDeleteAsync(names.Queue, cancellationToken: cancellationToken);
            _ = await channel.QueueDeleteAsync(names.ParkedQueue, cancellationToken: cancellationToken);
            await channel.ExchangeDeleteAsync(names.Queue, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (IsOfTheBroker(exception, cancellationToken))
        {
            throw new LabException($"{names.Queue} cannot be removed at {node}: {exception.Message}", exception);
        }
    }

    private static async Task<IConnection> ConnectAsync(ConnectionFactory connections, string node, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (IsOfTheBroker(exception, cancellationToken))
        {
            throw new LabException($"Cannot connect to {node} to look for messages left in the queues: {exception.Message}", exception);
        }
    }

    // The client throws an IOException if the node cannot be reached, and an OperationCanceledException of its own if no answer comes in time.
    private static bool IsOfTheBroker(Exception exception, CancellationToken cancellationToken) =>
        exception is RabbitMQClientException or IOException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
