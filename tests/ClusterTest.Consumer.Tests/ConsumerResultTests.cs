using System.Text;
using ClusterTest.Events;
using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Consumer.Tests;

public sealed class ConsumerResultTests : ProgramTest
{
    private const string Body = """{"content":"Cluster Test!","time":1301531152.25}""";

    protected override string Program => "cluster-test-consumer";

    [Fact]
    public async Task Prints_the_agreed_lines_and_nothing_else()
    {
        var consumer = Start("--count", "2");
        await ReadyAsync(consumer);
        Broker.Enqueue(Queue, Body);
        Broker.Enqueue(Queue, """{"time":0,"content":"a\nb"}""");
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal(["Ready for testing!", "Received: Cluster Test!/1301531152", "Received: a b/0"], consumer.StandardOutput);
        Assert.Matches(
            @"^INF\] Received 2 messages: 2 distinct, 0 duplicates, 0 out of order, 0 parked; 0 outages, longest silence \d+ ms$",
            Assert.Single(Logs(consumer)));
        Assert.Equal(2, Broker.Queue(Queue).Acknowledged.Count);
    }

    [Fact]
    public async Task Prints_events_when_asked_for()
    {
        var consumer = Start("--count", "5", "--output", "json");
        await consumer.StandardOutput.WaitForLineAsync(line => line.Contains("\"ready\"", StringComparison.Ordinal), timeout: Patience);
        foreach (var sequence in (long[])[1, 3, 2, 2])
        {
            Broker.Enqueue(Queue, Body, Numbered("run-1", sequence));
        }

        Broker.Enqueue(Queue, "not JSON", Numbered("run-1", 4));
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal(["started", "ready", "received", "received", "received", "received", "parked", "consumer-summary"], EventNames(consumer));

        var received = Events(consumer, "received")[1];
        Assert.Equal(
            ("m-3", "run-1", 3, "Cluster Test!", 1301531152.25),
            (
                received.GetProperty("id").GetString(),
                received.GetProperty("run").GetString(),
                received.GetProperty("seq").GetInt64(),
                received.GetProperty("content").GetString(),
                received.GetProperty("time").GetDouble()));
        var summary = Events(consumer)[^1];
        Assert.Equal(
            (5, 4, 1, 1, 1),
            (
                summary.GetProperty("received").GetInt32(),
                summary.GetProperty("distinct").GetInt32(),
                summary.GetProperty("duplicates").GetInt32(),
                summary.GetProperty("out_of_order").GetInt32(),
                summary.GetProperty("parked").GetInt32()));
        Assert.All(Events(consumer), line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", line.GetProperty("ts").GetString()));
    }

    // Put back at once, what is not wanted comes again at once.
    [Fact]
    public async Task What_comes_beyond_the_count_is_given_back_once_on_several_sessions()
    {
        Broker.On<BasicCancel>().Times(2).Withhold(); // the end takes its time
        var consumer = Start("--count", "1", "--sessions", "2", "--verbose");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", count: 2, timeout: Patience);
        for (var i = 0; i < 5; i++)
        {
            Broker.Enqueue(Queue, Body);
        }

        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Single(Broker.Queue(Queue).Acknowledged);
        Assert.InRange(Broker.Received.OfType<BasicNack>().Count(), 0, 5);
        Assert.Equal(4, Broker.Queue(Queue).Ready.Count);
    }

    [Fact]
    public async Task Tells_of_a_body_that_is_not_what_was_sent()
    {
        var consumer = Start("--count", "2", "--output", "json");
        await consumer.StandardOutput.WaitForLineAsync(line => line.Contains("\"ready\"", StringComparison.Ordinal), timeout: Patience);
        var body = new TestMessage("x", 1).Sealed("run-1", 1).ToBody();
        Broker.Enqueue(Queue, body, Numbered("run-1", 1));
        Broker.Enqueue(Queue, body, Numbered("run-1", 2));

        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.False(Events(consumer, "received")[0].TryGetProperty("damage", out _));
        Assert.Equal("the body is that of message 1 of run run-1", Events(consumer, "received")[1].GetProperty("damage").GetString());
        Assert.Contains(
            Logs(consumer),
            line => line.StartsWith("WRN] Received with another body than was sent: the body is that of message 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Takes_no_more_than_it_was_asked_for()
    {
        var consumer = Start("--count", "3");
        await ReadyAsync(consumer);
        for (var i = 0; i < 10; i++)
        {
            Broker.Enqueue(Queue, Body);
        }

        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        var queue = Broker.Queue(Queue);
        var lines = consumer.StandardOutput.Count(line => line.StartsWith("Received", StringComparison.Ordinal));
        Assert.Equal((3, 7, 3), (queue.Acknowledged.Count, queue.Ready.Count, lines));

        // What is handed out and goes back counts against the delivery limit of a quorum queue.
        Assert.Equal(3u, Assert.Single(Broker.Received.OfType<BasicQos>()).PrefetchCount);
    }

    [Fact]
    public async Task Ends_when_its_time_is_over()
    {
        var consumer = Start("--time", "1s");
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Contains("Received 0 messages", Assert.Single(Logs(consumer)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declares_and_consumes_as_its_options_say()
    {
        var consumer = Start(
            "--exchange", "e", "--queue", "q", "--routing-key", "k", "--queue-type", "classic",
            "--prefetch", "7", "--client-name", "me", "--sessions", "2");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", count: 2, timeout: Patience);
        Assert.Equal(["me", "me#2"], Broker.Received.OfType<ConnectionStartOk>().Select(start => start.ClientProperties["connection_name"]).Order());
        var exchange = Broker.Received.OfType<ExchangeDeclare>().First();
        Assert.Equal(("e", "direct", true, false), (exchange.Exchange, exchange.Type, exchange.Durable, exchange.AutoDelete));
        var queue = Broker.Received.OfType<QueueDeclare>().First();
        Assert.Equal(("q", true, false, false, 1), (queue.Queue, queue.Durable, queue.Exclusive, queue.AutoDelete, queue.Arguments.Count));
        var bind = Broker.Received.OfType<QueueBind>().First();
        Assert.Equal(("q", "e", "k"), (bind.Queue, bind.Exchange, bind.RoutingKey));
        Assert.Equal(7, Broker.Received.OfType<BasicQos>().First().PrefetchCount);
        var consume = Broker.Received.OfType<BasicConsume>().First();
        Assert.Equal(("q", "cluster_test", false), (consume.Queue, consume.ConsumerTag, consume.NoAck));
    }

    [Fact]
    public async Task Stamps_every_event_with_the_monotonic_clock_and_tells_when_a_message_was_due()
    {
        var consumer = Start("--count", "2", "--output", "json");
        await consumer.StandardOutput.WaitForLineAsync(line => line.Contains("\"ready\"", StringComparison.Ordinal), timeout: Patience);
        var due = Numbered("run-1", 7);
        Broker.Enqueue(Queue, Body, due with { Headers = new Dictionary<string, object?>(due.Headers!) { ["cluster-test-due"] = 77_000_000L } });
        Broker.Enqueue(Queue, Body, Numbered("run-1", 8));
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));

        Assert.All(Events(consumer), line => Assert.True(line.GetProperty("mono_us").GetInt64() > 0));
        var received = Events(consumer, "received");
        Assert.Equal(77_000_000, received[0].GetProperty("due_us").GetInt64());
        Assert.False(received[1].TryGetProperty("due_us", out _));
    }

    [Fact]
    public async Task Parks_what_is_no_test_message_and_goes_on()
    {
        var consumer = Start("--count", "6");
        await ReadyAsync(consumer);
        byte[][] bodies =
        [
            "not JSON"u8.ToArray(),
            [],
            [0xff, 0xfe],
            Encoding.UTF8.GetBytes(new string('x', 1 << 20)),
            Encoding.UTF8.GetBytes($$"""{"{{new string('k', 1 << 18)}}":{bad"""),
        ];
        foreach (var body in bodies)
        {
            Broker.Enqueue(Queue, body, new() { MessageId = "m", ContentType = "text/plain" });
        }

        Broker.Enqueue(Queue, Body);
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal(["Ready for testing!", "Received: Cluster Test!/1301531152"], consumer.StandardOutput);

        var parked = Broker.Queue($"{Queue}.parked").Ready;
        Assert.Equal(bodies, parked.Select(message => message.Body.ToArray()));
        Assert.All(parked, message => Assert.Equal(("m", "text/plain"), (message.MessageId, message.Properties.ContentType)));
        Assert.Equal("not a test message: the body is empty", Text(parked[1].Properties.Headers!["x-parked-reason"]));
        Assert.Equal(6, Broker.Queue(Queue).Acknowledged.Count);
        // Each is told when it is parked, in whatever order that is.
        Assert.Contains("WRN] Moved to cluster_test.parked: not a test message: the body is empty (message-id m)", Logs(consumer));
        Assert.Equal(6, Logs(consumer).Count);
        Assert.All(consumer.StandardError, line => Assert.InRange(line.Length, 1, 400));
        AssertNoStackTrace(consumer);
    }

    [Fact]
    public async Task Parks_what_came_back_too_often_and_says_so()
    {
        // Field lesson 22: RabbitMQ 4 drops a message after twenty lost connections.
        var acks = Broker.On<BasicAck>().Times(2).Reset();
        var consumer = Start("--delivery-limit", "2", "--output", "json");
        await consumer.StandardOutput.WaitForLineAsync(line => line.Contains("\"ready\"", StringComparison.Ordinal), timeout: Patience);
        Broker.Enqueue(Queue, Body, Numbered("run-1", 7));
        await consumer.StandardOutput.WaitForLineAsync(line => line.Contains("\"parked\"", StringComparison.Ordinal), timeout: Patience);
        consumer.Send(Signal.Terminate);
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal((2, 2), (acks.Hits, Events(consumer, "received").Count));
        var parked = Assert.Single(Events(consumer, "parked"));
        Assert.Equal(
            ("m-7", 7, "it came back unacknowledged 2 times, and the delivery limit is 2"),
            (parked.GetProperty("id").GetString(), parked.GetProperty("seq").GetInt64(), parked.GetProperty("reason").GetString()));
        Assert.Equal(1, Events(consumer)[^1].GetProperty("parked").GetInt32());
        Assert.Equal("m-7", Assert.Single(Broker.Queue($"{Queue}.parked").Ready).MessageId);
        Assert.Contains(
            "Moved to cluster_test.parked: it came back unacknowledged 2 times, and the delivery limit is 2 (message-id m-7)",
            Logs(consumer).Single(line => line.Contains("Moved", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Understands_a_mebibyte()
    {
        var consumer = Start("--count", "1");
        await ReadyAsync(consumer);
        var content = new string('x', 1 << 20);
        Broker.Enqueue(Queue, $$"""{"content":"{{content}}","time":1}""");
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal($"Received: {content}/1", consumer.StandardOutput[1]);
    }

    [Fact]
    public async Task Ends_cleanly_when_nobody_reads_its_results_and_loses_no_message()
    {
        var line = StartShell("""{ "$P" 127.0.0.1 $PORT; echo "exit code $?" >&2; } | head -n 1""");
        await line.StandardOutput.WaitForLineAsync(text => text == "Ready for testing!", timeout: Patience);
        for (var i = 0; i < 5; i++)
        {
            Broker.Enqueue(Queue, Body);
        }

        await line.StandardError.WaitForLineAsync(text => text == "exit code 0", timeout: Patience);
        Assert.Equal(0, await line.ExitCodeAsync(Patience));
        Assert.Equal((5, 0), (Broker.Queue(Queue).Ready.Count, Broker.Queue(Queue).Acknowledged.Count));
        AssertNoStackTrace(line);
    }

    [Fact]
    public async Task Says_so_when_its_results_cannot_be_written_and_loses_no_message()
    {
        var line = StartShell("""exec "$P" 127.0.0.1 $PORT > /dev/full""");
        Assert.Equal(2, await line.ExitCodeAsync(Patience));
        Assert.Contains("FTL] The results cannot be written to standard output: No space left on device", Logs(line)[0], StringComparison.Ordinal);
        AssertNoStackTrace(line);
    }

    private static string Text(object? header) => header as string ?? Encoding.UTF8.GetString((byte[])header!);

    private static MessageProperties Numbered(string run, long sequence) => new()
    {
        MessageId = $"m-{sequence}",
        Headers = new Dictionary<string, object?> { ["cluster-test-run"] = run, ["cluster-test-sequence"] = sequence },
    };

    private static Task<string> ReadyAsync(ProgramUnderTest consumer) =>
        consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Patience);
}
