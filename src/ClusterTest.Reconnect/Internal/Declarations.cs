using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Declares the topology, assuming nothing: the node that was reached may know none of it. Shared by the sessions of a client.
/// </summary>
/// <remarks>
/// The binding goes over a channel of its own. RabbitMQ 3 locks it in a transaction over all nodes (Mnesia), and one frozen node holds
/// that up until the others give it up for dead, a minute later by default; exchange and queue that exist are only looked up. A binding that
/// this client has seen confirmed is therefore still declared at every start, but waited for only briefly.
/// </remarks>
internal sealed class Declarations(ClusterOptions options, CleanUp cleanUp, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private volatile bool _wasBound;

    /// <summary>Declares exchange and queue, and begins to bind them.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="channel">The session's channel.</param>
    /// <param name="life">Ends the binding's attempt with the generation.</param>
    /// <param name="cancellationToken">Gives up the declarations.</param>
    /// <returns>The binding, under way.</returns>
    public async Task<Task> DeclareAsync(Link link, IChannel channel, CancellationToken life, CancellationToken cancellationToken)
    {
        var topology = options.Topology;

        if (topology.Predeclared)
        {
            await LookAtQueueAsync(channel, cancellationToken).ConfigureAwait(false);
            return Task.CompletedTask;
        }

        // The default exchange needs no declaration and no binding.
        if (topology.Exchange.Length == 0)
        {
            await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, noWait: false, cancellationToken).ConfigureAwait(false);
            return Task.CompletedTask;
        }

        // One answer for both: a channel executes its methods in order, and one that fails closes it (AMQP 0-9-1, 1.4 and 4.7).
        await channel.ExchangeDeclareAsync(topology.Exchange, ExchangeType.Direct, durable: true, autoDelete: false, noWait: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, noWait: false, cancellationToken).ConfigureAwait(false);
        return BindAsync(link, life);
    }

    /// <summary>Waits for the binding; for one that was confirmed before, not for long.</summary>
    public async Task AwaitBindingAsync(Task binding, CancellationToken cancellationToken)
    {
        if (_wasBound)
        {
            await Task.WhenAny(binding, Task.Delay(Patience, options.TimeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!binding.IsCompleted)
            {
                Log.BindingPending(logger, options.Topology.Queue);
                return;
            }
        }

        await binding.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells how a binding that was not waited for ended.</summary>
    /// <returns>The fault that it ended with; <see langword="null"/> if the binding is there, or if no answer came: then it is as it was before.</returns>
    public static async Task<Fault?> OutcomeOfAsync(Task binding)
    {
        try
        {
            await binding.ConfigureAwait(false);
            return null;
        }
        catch (OperationInterruptedException refused)
        {
            return FaultClassifier.Classify(refused, Phase.Declare);
        }
        catch (Exception unanswered) when (unanswered is OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    private async Task LookAtQueueAsync(IChannel channel, CancellationToken cancellationToken)
    {
        var queue = options.Topology.Queue;
        try
        {
            await channel.QueueDeclarePassiveAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            var fault = FaultClassifier.Classify(refused, Phase.Declare) with { Advice = $"Declare the queue {queue} yourself, or leave that to this client: Topology.Predeclared is set." };
            throw new ClusterSessionException(fault, options.Endpoints[0], refused);
        }
    }

    private async Task BindAsync(Link link, CancellationToken life)
    {
        var topology = options.Topology;
        var channel = await link.Connection.CreateChannelAsync(cancellationToken: life).ConfigureAwait(false);
        try
        {
            await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: life).ConfigureAwait(false);
            _wasBound = true;
        }
        finally
        {
            cleanUp.Track(channel.AbortAsync(CancellationToken.None));
        }
    }
}
