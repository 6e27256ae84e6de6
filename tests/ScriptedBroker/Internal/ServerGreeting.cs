using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp.Internal;

/// <summary>What RabbitMQ says of itself in <c>connection.start</c>.</summary>
internal static class ServerGreeting
{
    private static readonly Dictionary<string, object?> Properties = new()
    {
        ["capabilities"] = new Dictionary<string, object?>
        {
            ["publisher_confirms"] = true,
            ["exchange_exchange_bindings"] = true,
            ["basic.nack"] = true,
            ["consumer_cancel_notify"] = true,
            ["connection.blocked"] = true,
            ["consumer_priorities"] = true,
            ["authentication_failure_close"] = true,
            ["per_consumer_qos"] = true,
            ["direct_reply_to"] = true,
        },
        ["cluster_name"] = "scripted",
        ["platform"] = "Erlang/OTP",
        ["product"] = "RabbitMQ",
        ["version"] = "4.3.6",
    };

    public static Frame Start(string mechanisms) => Frame.Method(
        0,
        MethodId.ConnectionStart,
        new AmqpWriter().Octet(0).Octet(9).Table(Properties).LongString(mechanisms).LongString("en_US"));
}
