using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Producer;
using ClusterTest.Reconnect;

const string program = "cluster-test-producer";
var connection = new ConnectionOptions(program, "what --confirm-timeout is", Environment.GetEnvironmentVariable);
var run = new RunOptions();
var stream = new StreamOptions();
var confirmTimeout = OptionParsing.Duration(
    "--confirm-timeout", "Give up on a message that the broker has not confirmed after this long, over any number of reconnects. [default: 30s]");
var window = OptionParsing.Number(
    "--window",
    $"Number of messages that may be unconfirmed at the same time. [default: {ProducerOptions.DefaultWindow}]",
    1,
    1_000_000,
    "a number of messages");

var root = new RootCommand(
    "Sends one test message or many to a RabbitMQ cluster, and reconnects when a node fails.\n"
    + $"Each line on standard output is a message that the broker confirmed. Ctrl-C stops the program.{CommandLine.HelpNotes}");
connection.AddTo(root);
stream.AddTo(root);
root.Options.Add(confirmTimeout);
root.Options.Add(window);
run.AddTo(root);
root.SetAction(async (parsed, cancellationToken) =>
{
    using var terminal = Terminal.OfProcess(cancellationToken);
    await using var reporter = run.Open(parsed, terminal);
    if (connection.ShowsPassword(parsed))
    {
        reporter.Warn($"The password in --uri shows in the process list; use --password-file or the variable {ConnectionOptions.UriVariable}");
    }

    var publishTimeout = parsed.GetValue(confirmTimeout) ?? ProducerOptions.DefaultPublishTimeout;
    var options = new ProducerOptions
    {
        Cluster = connection.Bind(parsed, publishTimeout, reporter.Warn),
        PublishTimeout = publishTimeout,
        Window = parsed.GetValue(window) ?? ProducerOptions.DefaultWindow,
    };
    reporter.Start(program, options.Cluster);
    return await new ProducerRun(options, stream.Bind(parsed), reporter).RunAsync(cancellationToken);
});
return await CommandLine.RunAsync(root, args);
