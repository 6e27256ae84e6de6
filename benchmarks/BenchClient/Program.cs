using System.CommandLine;
using System.Net;
using System.Text.Json;
using BenchClient;
using BenchClient.Consuming;
using BenchClient.Freezing;
using BenchClient.Publishing;
using BenchClient.Storming;

var workers = new Dictionary<string, Func<IWorker>>
{
    ["publish-ours"] = () => new OurProducer(),
    ["publish-hand-tuned"] = () => new HandTunedProducer(),
    ["publish-tracked"] = () => new TrackedProducer(),
    ["consume-ours"] = () => new OurConsumer(),
    ["consume-hand-tuned-25"] = () => new HandTunedConsumer(25),
    ["consume-hand-tuned-100"] = () => new HandTunedConsumer(100),
    ["consume-single-acks"] = () => new HandTunedConsumer(1),
};

var storms = new Dictionary<string, Func<IStorm>>
{
    ["ours"] = () => new OurStorm(),
    ["recovery"] = () => new RecoveryStorm(interval: null),
    ["recovery-100"] = () => new RecoveryStorm(TimeSpan.FromMilliseconds(100)),
};

var name = new Argument<string>("NAME") { Description = "Who works." };
name.AcceptOnlyFromAmong([.. workers.Keys]);
var host = new Option<string>("--host") { Description = "Where to connect.", DefaultValueFactory = _ => "127.0.0.1" };
var port = new Option<int>("--port") { Description = "Its port.", Required = true };
var queue = new Option<string>("--queue") { Description = "The queue, exchange and routing key.", DefaultValueFactory = _ => "bench" };
var size = new Option<int>("--size") { Description = "Bytes in a published body.", DefaultValueFactory = _ => 256 };
var window = new Option<int>("--window") { Description = "How many messages may be unconfirmed.", DefaultValueFactory = _ => 1024 };
var prefetch = new Option<ushort>("--prefetch") { Description = "How many messages may be unacked.", DefaultValueFactory = _ => 400 };
var warmUp = new Option<double>("--warm-up") { Description = "Seconds before the measured time.", DefaultValueFactory = _ => 2 };
var seconds = new Option<double>("--seconds") { Description = "The measured time.", DefaultValueFactory = _ => 3 };
var root = new RootCommand("One contender of a benchmark, alone in its process: publishes or consumes, and prints one line of figures.")
{
    name,
    host,
    port,
    queue,
    size,
    window,
    prefetch,
    warmUp,
    seconds,
};
root.SetAction(async (parsed, _) =>
{
    var target = new Target(
        parsed.GetRequiredValue(host),
        parsed.GetRequiredValue(port),
        parsed.GetRequiredValue(queue),
        parsed.GetRequiredValue(size),
        parsed.GetRequiredValue(window),
        parsed.GetRequiredValue(prefetch));
    var figures = await Meter.MeasureAsync(
        workers[parsed.GetRequiredValue(name)](),
        target,
        TimeSpan.FromSeconds(parsed.GetRequiredValue(warmUp)),
        TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)));
    Console.WriteLine(JsonSerializer.Serialize(figures, BenchJson.Default.Figures));
});

var stormName = new Argument<string>("NAME") { Description = "Whose sessions." };
stormName.AcceptOnlyFromAmong([.. storms.Keys]);
var sessions = new Option<int>("--sessions") { Description = "How many.", DefaultValueFactory = _ => 600 };
var storm = new Command("storm", "Opens many sessions, and says how they are once all are open, and for each line that is read.")
{
    stormName,
    host,
    port,
    queue,
    sessions,
};
storm.SetAction(async (parsed, cancellationToken) =>
{
    var target = new Target(parsed.GetRequiredValue(host), parsed.GetRequiredValue(port), parsed.GetRequiredValue(queue), 0, 1, 100);
    await StormReport.RunAsync(storms[parsed.GetRequiredValue(stormName)](), target, parsed.GetRequiredValue(sessions), cancellationToken);
});
root.Subcommands.Add(storm);

var addresses = new Option<string[]>("--address") { Description = "An address for a session to begin at.", Required = true };
var frozen = new Command("frozen", "Publishes with a session for each address, says ready, and notes what is confirmed until a line comes.")
{
    addresses,
    port,
    queue,
    size,
    window,
};
frozen.SetAction(async (parsed, cancellationToken) =>
{
    var target = new Target(
        "", parsed.GetRequiredValue(port), parsed.GetRequiredValue(queue), parsed.GetRequiredValue(size), parsed.GetRequiredValue(window), 1);
    var series = await FreezeMeter.MeasureAsync(target, [.. parsed.GetRequiredValue(addresses).Select(IPAddress.Parse)], cancellationToken);
    Console.WriteLine(JsonSerializer.Serialize(series, BenchJson.Default.ConfirmSeries));
});
root.Subcommands.Add(frozen);
return await root.Parse(args).InvokeAsync();
