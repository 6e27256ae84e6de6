using System.CommandLine;
using System.Text;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The options that name exchange and queue, and say whether the program declares them.</summary>
internal sealed class TopologyOptions
{
    private const string DefaultName = "cluster_test";

    // AMQP allows 255 bytes; the consumer needs some of them for the name of the parked queue.
    private const int LongestName = 247;

    internal const string QueueTypeFlag = "--queue-type";
    internal const string PredeclaredFlag = "--predeclared";

    private readonly Option<string> _exchange = Name("--exchange", "Direct, durable exchange to declare.");
    private readonly Option<string> _queue = Name("--queue", "Durable queue to declare.");
    private readonly Option<string> _routingKey = Name("--routing-key", "Routing key that binds the queue to the exchange.");

    private readonly Option<QueueType?> _queueType = OptionParsing.Choice(
        QueueTypeFlag,
        "Type to declare the queue with. [default: quorum]",
        new Dictionary<string, QueueType> { ["quorum"] = QueueType.Quorum, ["classic"] = QueueType.Classic });

    private readonly Option<bool> _predeclared = new(PredeclaredFlag)
    {
        Description = "Declare and bind nothing, not even passively. Somebody else has declared the exchange and the queue, with any arguments, "
            + "and the queue NAME.parked if a message is to be moved there.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _exchange, _queue, _routingKey, _queueType, _predeclared })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_predeclared) is { Implicit: false } && result.GetResult(_queueType) is { Implicit: false })
            {
                result.AddError($"{_queueType.Name}: with {_predeclared.Name} nothing is declared; leave one of them out.");
            }
        });
    }

    /// <summary>Makes the library's topology from the options.</summary>
    public Topology Bind(ParseResult parsed) => new()
    {
        Exchange = parsed.GetRequiredValue(_exchange),
        Queue = parsed.GetRequiredValue(_queue),
        RoutingKey = parsed.GetRequiredValue(_routingKey),
        QueueType = parsed.GetValue(_queueType) ?? QueueType.Quorum,
        Predeclared = parsed.GetValue(_predeclared),
    };

    private static Option<string> Name(string option, string description)
    {
        var name = new Option<string>(option) { Description = description, HelpName = "NAME", DefaultValueFactory = _ => DefaultName };
        name.Validators.Add(result =>
        {
            if (result.Tokens.Any(static token => Encoding.UTF8.GetByteCount(token.Value) is 0 or > LongestName))
            {
                result.AddError($"{option}: a name is 1 to {LongestName} bytes long.");
            }
        });
        return name;
    }
}
