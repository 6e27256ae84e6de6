using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterTest.Lab.Brokers;

/// <summary>
/// What a dynamic Shovel is to do with a queue: take its messages, and publish each to the queue of the same name on another node. The Shovel has the
/// name of the queue.
/// </summary>
/// <param name="Queue">The name of the queue, in the virtual host <c>/</c>.</param>
/// <param name="QueueType">
/// The type of both queues, <see cref="Quorum"/> or <see cref="Classic"/>; null leaves the type out, and the Shovel declares a classic queue where there is
/// none.
/// </param>
/// <param name="AckMode">
/// When the Shovel acknowledges a message at the source: <see cref="OnConfirm"/> (when the destination has confirmed it: nothing is lost),
/// <c>on-publish</c>, or <see cref="NoAck"/> (never: what is on the way is lost with the connection).
/// </param>
internal sealed record ShovelDefinition(string Queue, string? QueueType = ShovelDefinition.Quorum, string AckMode = ShovelDefinition.OnConfirm)
{
    internal const string Quorum = "quorum";
    internal const string Classic = "classic";
    internal const string OnConfirm = "on-confirm";
    internal const string NoAck = "no-ack";

    /// <summary>The names of all ack modes.</summary>
    internal static readonly IReadOnlyList<string> AckModes = [OnConfirm, "on-publish", NoAck];

    // Without a host, the Shovel connects to the node that it runs on, without a login.
    private const string ItsOwnNode = "amqp://";

    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    // A heartbeat of 60 s, the default, finds a link that carries nothing after two minutes.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // So that a reader of the log finds an & in the URI, and not its number.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The arguments of rabbitmqctl that remove a Shovel.</summary>
    internal static string[] Removal(string queue) => ["clear_parameter", "shovel", queue];

    /// <summary>The arguments of rabbitmqctl that set the Shovel, or change it.</summary>
    /// <param name="destination">The address of the destination, as the source reaches it.</param>
    internal string[] Setting(AmqpAddress destination)
    {
        var definition = new JsonObject
        {
            ["src-protocol"] = "amqp091",
            ["src-uri"] = ItsOwnNode,
            ["src-queue"] = Queue,
            ["dest-protocol"] = "amqp091",
            ["dest-uri"] = string.Create(
                CultureInfo.InvariantCulture,
                $"amqp://guest:guest@{destination}?heartbeat={Heartbeat.TotalSeconds:0}&connection_timeout={ConnectTimeout.TotalMilliseconds:0}"),
            ["dest-queue"] = Queue,
            ["ack-mode"] = AckMode,
            ["reconnect-delay"] = (int)ReconnectDelay.TotalSeconds,
        };
        if (QueueType is not null)
        {
            definition["src-queue-args"] = new JsonObject { ["x-queue-type"] = QueueType };
            definition["dest-queue-args"] = new JsonObject { ["x-queue-type"] = QueueType };
        }

        return ["set_parameter", "shovel", Queue, definition.ToJsonString(Plain)];
    }
}
