using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal;

internal static class ChannelExtensions
{
    private const string TypeArgument = "x-queue-type";

    /// <summary>Declares a durable queue with no argument but its type, so that others can declare it too.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="type">Its type; <see langword="null"/> names none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType? type, CancellationToken cancellationToken)
    {
        var arguments = type is { } named ? new Dictionary<string, object?> { [TypeArgument] = named == QueueType.Quorum ? "quorum" : "classic" } : null;
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
    }

    /// <summary>Tells whether the broker refuses a declaration only because the queue was declared without its type (RabbitMQ, rabbit_misc:assert_args_equivalence).</summary>
    public static bool MissesType(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.PreconditionFailed, ReplyText: var text }
        && text.StartsWith($"PRECONDITION_FAILED - inequivalent arg '{TypeArgument}' ", StringComparison.Ordinal)
        && text.EndsWith(" but current is none", StringComparison.Ordinal);
}
