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

    /// <summary>The arguments of rabbitmqctl that ask for the definitions of the Shovels of the virtual host <c>/</c>.</summary>
    /// <remarks>The URIs of a definition are kept encrypted. Base64, since the string that Erlang writes may be broken into several.</remarks>
    internal static readonly string[] Reading =
    [
        "eval",
        """
        Plain = fun P(M) when is_map(M) -> maps:map(fun(_, V) -> P(V) end, M);
            P([{_, _} | _] = L) -> P(maps:from_list(L));
            P({encrypted, _} = E) -> iolist_to_binary(credentials_obfuscation:decrypt(E));
            P(V) -> V end,
        base64:encode(rabbit_json:encode([#{name => proplists:get_value(name, Parameter), value => Plain(proplists:get_value(value, Parameter))}
            || Parameter <- rabbit_runtime_parameters:list(<<"/">>, <<"shovel">>)])).
        """,
    ];

    /// <summary>Reads the output of <see cref="Reading"/>.</summary>
    /// <returns>The definitions, by the names of the Shovels.</returns>
    internal static IReadOnlyDictionary<string, JsonNode> Parse(string output)
    {
        var base64 = string.Concat(output.Where(static character => char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '='));
        return JsonNode.Parse(Convert.FromBase64String(base64))!.AsArray()
            .ToDictionary(static shovel => shovel!["name"]!.ToString(), static shovel => shovel!["value"]!);
    }

    /// <summary>The ack mode in a definition; <see cref="OnConfirm"/> if it names none that is known.</summary>
    internal static string AckModeIn(JsonNode? definition) =>
        definition is JsonObject known && known["ack-mode"]?.ToString() is { } mode && AckModes.Contains(mode) ? mode : OnConfirm;

    /// <summary>The arguments of rabbitmqctl that remove a Shovel.</summary>
    internal static string[] Removal(string queue) => ["clear_parameter", "shovel", queue];

    /// <summary>The arguments of rabbitmqctl that set the Shovel, or change it.</summary>
    /// <param name="destination">The address of the destination, as the source reaches it.</param>
    internal string[] Setting(AmqpAddress destination) => ["set_parameter", "shovel", Queue, ToJson(destination).ToJsonString(Plain)];

    /// <summary>Whether a definition that was read says the same as this one.</summary>
    internal bool Is(JsonNode read, AmqpAddress destination) => JsonNode.DeepEquals(read, ToJson(destination));

    private JsonObject ToJson(AmqpAddress destination)
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

        return definition;
    }
}
