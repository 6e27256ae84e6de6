using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Consumer;
using ClusterTest.Reconnect;

const string program = "cluster-test-consumer";
var connection = new ConnectionOptions(program, "for ever", Environment.GetEnvironmentVariable);
var run = new RunOptions();
var prefetch = OptionParsing.Number<ushort>(
    "--prefetch",
    $"Number of messages that the broker may deliver before the first of them is acknowledged. [default: {ConsumerOptions.DefaultPrefetch}]",
    1,
    ushort.MaxValue,
    "a number of messages");
var prefetchBytes = OptionParsing.Number(
    "--prefetch-bytes",
    "Bytes of message bodies that may wait in the program. When there are more, it reads nothing until it has handled a message. "
        + $"[default: {ConsumerOptions.DefaultPrefetchBytes}]",
    1,
    long.MaxValue,
    "a number of bytes");
var limit = OptionParsing.Number(
    "--delivery-limit",
    "Move a message to NAME.parked when it has come back unacknowledged this often, before its quorum queue drops it. "
        + $"[default: {ConsumerOptions.DefaultDeliveryLimit}]",
    1,
    int.MaxValue,
    "a number of deliveries");
var count = OptionParsing.Number("--count", "Stop after this many messages. [default: never]", 1, long.MaxValue, "a number of messages");
var time = OptionParsing.Duration("--time", "Stop after this long. [default: never]");

var root = new RootCommand(
    "Receives test messages from a RabbitMQ cluster, and reconnects when a node fails. Ctrl-C stops the program.\n"
    + $"The program moves a message that it cannot read to the queue NAME.parked (NAME is the queue's name).{CommandLine.HelpNotes}");
connection.AddTo(root);
root.Options.Add(prefetch);
root.Options.Add(prefetchBytes);
root.Options.Add(limit);
root.Options.Add(count);
root.Options.Add(time);
run.AddTo(root);
root.SetAction(async (parsed, cancellationToken) =>
{
    using var terminal = Terminal.OfProcess(cancellationToken);
    await using var reporter = run.Open(parsed, terminal);
    if (connection.ShowsPassword(parsed))
    {
        reporter.Warn($"The password in --uri shows in the process list; use --password-file or the variable {ConnectionOptions.UriVariable}");
    }

    // The prefetch is at most the wanted number: further messages would go back, and the broker would count that against their delivery limit.
    var wanted = parsed.GetValue(count) ?? long.MaxValue;
    var options = new ConsumerOptions
    {
        Cluster = connection.Bind(parsed, Timeout.InfiniteTimeSpan, reporter.Warn),
        ConsumerTag = "cluster_test",
        DeliveryLimit = parsed.GetValue(limit) ?? ConsumerOptions.DefaultDeliveryLimit,
        Prefetch = (ushort)Math.Min(wanted, parsed.GetValue(prefetch) ?? ConsumerOptions.DefaultPrefetch),
        PrefetchBytes = parsed.GetValue(prefetchBytes) ?? ConsumerOptions.DefaultPrefetchBytes,
    };
    reporter.Start(program, options.Cluster);
    return await new ConsumerRun(options, reporter, wanted, parsed.GetValue(time) ?? Timeout.InfiniteTimeSpan).RunAsync(cancellationToken);
});
return await CommandLine.RunAsync(root, args);
