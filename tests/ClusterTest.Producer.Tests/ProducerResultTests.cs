using System.Text;
using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Producer.Tests;

public sealed class ProducerResultTests : ProgramTest
{
    private const string Sent = "Sent cluster test message.";

    protected override string Program => "cluster-test-producer";

    private IReadOnlyList<BasicPublish> Publishes => [.. Broker.Received.OfType<BasicPublish>()];

    [Fact]
    public async Task Sends_one_message_and_prints_the_agreed_line_and_nothing_else()
    {
        var producer = Start();
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal([Sent], producer.StandardOutput);
        Assert.Empty(producer.StandardError);
        var message = Assert.Single(Broker.Queue(Queue).Ready);
        Assert.Matches("""^{"content":"Cluster Test!","time":\d+(\.\d+)?}$""", message.Text);
        Assert.Equal(("application/json", (byte?)2), (message.Properties.ContentType, message.Properties.DeliveryMode));
        Assert.True(Assert.Single(Publishes).Mandatory);
    }

    [Fact]
    public async Task Writes_into_a_file_behind_what_others_wrote_there()
    {
        var file = Path.GetTempFileName();
        try
        {
            var shell = StartShell($"{{ echo first; $P 127.0.0.1 $PORT; $P 127.0.0.1 $PORT; echo last; }} > {file}");
            Assert.Equal(0, await shell.ExitCodeAsync(Patience));
            Assert.Equal(["first", Sent, Sent, "last"], await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Numbers_each_message_of_a_run_and_gives_it_an_id()
    {
        var producer = Start("--count", "3", "--output", "json");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        var messages = Broker.Queue(Queue).Ready;
        Assert.Equal([1L, 2L, 3L], messages.Select(message => message.Properties.Headers!["cluster-test-sequence"]));
        var run = Assert.Single(messages.Select(message => Text(message.Properties.Headers!["cluster-test-run"])).Distinct());
        Assert.True(Guid.TryParse(run, out _));
        Assert.All(messages, (message, index) => Assert.Matches(
            $$"""
            ^{"content":"Cluster Test!","time":\d+(\.\d+)?,
            "cluster-test-run":"{{run}}","cluster-test-sequence":{{index + 1}},"cluster-test-digest":"[0-9a-f]{16}"}$
            """.ReplaceLineEndings(""),
            message.Text));
        Assert.Equal(3, messages.Select(message => message.MessageId).Distinct().Count());

        Assert.Equal(["started", "sent", "sent", "sent", "producer-summary"], EventNames(producer));
        Assert.Equal(messages.Select(message => message.MessageId), Events(producer, "sent").Select(line => line.GetProperty("id").GetString()));
        Assert.All(Events(producer, "sent"), (line, index) => Assert.Equal(
            (run, index + 1, 1),
            (line.GetProperty("run").GetString(), line.GetProperty("seq").GetInt32(), line.GetProperty("attempts").GetInt32())));
        Assert.All(Events(producer), line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", line.GetProperty("ts").GetString()));
        var summary = Events(producer)[^1];
        Assert.Equal(
            (3, 0, 0, 0),
            (
                summary.GetProperty("confirmed").GetInt32(),
                summary.GetProperty("unknown").GetInt32(),
                summary.GetProperty("returned").GetInt32(),
                summary.GetProperty("not_sent").GetInt32()));
        Assert.True(summary.GetProperty("latency_ms").GetProperty("p99").GetDouble() > 0);
    }

    [Fact]
    public async Task Summarizes_a_stream()
    {
        var producer = Start("--count", "20", "--rate", "200");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(Enumerable.Repeat(Sent, 20), producer.StandardOutput);
        Assert.Matches(
            @"^INF\] Confirmed 20, unknown 0, returned 0, not sent 0, republished 0; "
                + @"\d+\.\d messages/s(; \d+ due and never published)?; confirm latency p50 .+ max .+ ms$",
            Assert.Single(Logs(producer)));
    }

    [Fact]
    public async Task Stamps_every_event_with_the_monotonic_clock_too()
    {
        var producer = Start("--count", "3", "--output", "json");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        var moments = Events(producer)
            .Select(line => (At: line.GetProperty("ts").GetDateTimeOffset(), Microseconds: line.GetProperty("mono_us").GetInt64()))
            .ToList();

        // Both clocks were read at the same moment, or one after the other.
        Assert.All(moments, moment => Assert.Equal((moment.At - moments[0].At).TotalSeconds, (moment.Microseconds - moments[0].Microseconds) / 1e6, 0.5));
        Assert.InRange(moments[0].Microseconds, 1, (long)TimeProvider.System.GetElapsedTime(0).TotalMicroseconds);
    }

    [Fact]
    public async Task Tells_what_was_due_while_the_broker_confirmed_nothing()
    {
        const int rate = 200;
        var withheld = Broker.On<BasicPublish>().Skip(100).Withhold();
        var producer = Start("--rate", $"{rate}", "--count", "400", "--window", "50", "--output", "json");
        await Broker.WaitForAsync(broker => broker.Received.OfType<BasicPublish>().Count() >= 150, Patience);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken); // the outage itself
        withheld.Release();
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));

        // A machine that is busy while the program starts makes a stall of its own.
        var omitted = Events(producer, "omitted")[^1];
        var (count, summary) = (Events(producer, "omitted").Sum(line => line.GetProperty("count").GetInt64()), Events(producer, "producer-summary").Single());
        Assert.Equal(count, summary.GetProperty("omitted").GetInt64());
        Assert.Equal(400 + count, Math.Round(rate * DueIn(producer)) + 1);
        var late = Events(producer, "sent").MaxBy(line => line.TryGetProperty("lag_ms", out var lag) ? lag.GetDouble() : 0);
        Assert.True(late.GetProperty("lag_ms").GetDouble() > omitted.GetProperty("first_lag_ms").GetDouble());
        Assert.True(omitted.GetProperty("first_lag_ms").GetDouble() > omitted.GetProperty("last_lag_ms").GetDouble());
        Assert.True(summary.GetProperty("latency_ms").GetProperty("p99").GetDouble() > omitted.GetProperty("first_lag_ms").GetDouble() / 2);
        Assert.Contains(Logs(producer), line => line.Contains($"{count} due and never published", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Never_sends_faster_than_its_rate()
    {
        var producer = Start("--count", "11", "--rate", "20", "--output", "json");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.True(Events(producer)[^1].GetProperty("seconds").GetDouble() >= 0.49);
    }

    [Fact]
    public async Task Ends_when_its_time_is_over()
    {
        var producer = Start("--time", "1s", "--rate", "20");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(Broker.Queue(Queue).Ready.Count, producer.StandardOutput.Count);
        Assert.NotEmpty(producer.StandardOutput);
    }

    [Fact]
    public async Task Sends_the_content_and_the_size_that_were_asked_for()
    {
        var producer = Start("--content", "@grüße \"🐇\"", "--size", "1000");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        var message = Assert.Single(Broker.Queue(Queue).Ready);
        Assert.Equal(1000, message.Body.Length);
        Assert.Equal("@grüße \"🐇\"", Parse(message.Text).GetProperty("content").GetString());
    }

    [Fact]
    public async Task Sends_a_mebibyte()
    {
        var producer = Start("--size", "1048576");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(1 << 20, Assert.Single(Broker.Queue(Queue).Ready).Body.Length);
    }

    [Fact]
    public async Task Sends_each_line_of_standard_input()
    {
        var producer = StartShell("""printf 'one\n\nthree "3"\nlast' | "$P" 127.0.0.1 $PORT --stdin""");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(["one", "", "three \"3\"", "last"], Broker.Queue(Queue).Ready.Select(message => Parse(message.Text).GetProperty("content").GetString()));
        Assert.Equal(Enumerable.Repeat(Sent, 4), producer.StandardOutput);
    }

    [Fact]
    public async Task Sends_nothing_when_standard_input_is_empty()
    {
        var producer = Start("--stdin");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Empty(producer.StandardOutput);
    }

    [Fact]
    public async Task Names_a_message_that_was_not_confirmed_in_time()
    {
        Broker.WithholdConfirms();
        var producer = Start("--confirm-timeout", "5s", "--retry-for", "30s");
        Assert.Equal(2, await producer.ExitCodeAsync(Patience));
        Assert.Empty(producer.StandardOutput);
        Assert.Equal(
            $"WRN] 1 message unknown (written but not confirmed: perhaps in the queue); "
                + $"look into the queue before you send again: {Publishes[0].MessageId}",
            Assert.Single(Logs(producer)));
    }

    [Fact]
    public async Task Names_a_message_that_no_queue_took()
    {
        Broker.On<BasicPublish>().Do(publish =>
        {
            publish.Return();
            publish.Confirm();
        });
        var producer = Start("--confirm-timeout", "5s", "--retry-for", "30s", "--output", "json");
        Assert.Equal(2, await producer.ExitCodeAsync(Patience));
        var returned = Assert.Single(Events(producer, "returned"));
        Assert.Equal(Publishes[0].MessageId, returned.GetProperty("id").GetString());
        Assert.True(returned.GetProperty("latency_ms").GetDouble() > 0);
        Assert.Equal(
            $"WRN] 1 message in no queue (returned by the broker: 312 NO_ROUTE); "
                + $"send again when the cause is fixed: {Publishes[0].MessageId}",
            Logs(producer)[^1]);
    }

    [Fact]
    public async Task Names_a_message_that_the_broker_does_not_accept_and_sends_the_others()
    {
        // Field lesson 34: a message over max_message_size ended the whole run (py-amqp#428).
        const string said = "PRECONDITION_FAILED - message size 20000000 is larger than configured max size 16777216";
        Broker.On<BasicPublish>(publish => publish.Text.Contains("large", StringComparison.Ordinal)).CloseChannel(406, said);
        var producer = StartShell("""printf '1\n2\n3\n4\n5\nlarge\n6\n7\n8\n9\n10\n' | "$P" 127.0.0.1 $PORT --stdin --output json""");
        Assert.Equal(2, await producer.ExitCodeAsync(Patience));
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10, 11], Events(producer, "sent").Select(line => line.GetProperty("seq").GetInt32()));
        var refused = Assert.Single(Events(producer, "returned"));
        Assert.Equal((6, $"not accepted by the broker: 406 {said}"), (refused.GetProperty("seq").GetInt32(), refused.GetProperty("reason").GetString()));
        Assert.Contains(
            $"WRN] 1 message in no queue (not accepted by the broker: 406 {said}); "
                + $"send again when the cause is fixed: {refused.GetProperty("id").GetString()}",
            Logs(producer));
        AssertNoStackTrace(producer);
    }

    [Fact]
    public async Task Says_that_the_broker_nacked_what_its_queue_had_no_room_for()
    {
        Broker.On<BasicPublish>().Do(publish => publish.Nack());
        var producer = Start("--confirm-timeout", "5s", "--retry-for", "30s", "--output", "json");
        Assert.Equal(2, await producer.ExitCodeAsync(Patience));
        var nacked = Assert.Single(Events(producer, "returned"));
        Assert.Equal("nacked by the broker: the queue is full, or has failed", nacked.GetProperty("reason").GetString());
        Assert.Contains(
            $"WRN] 1 message in no queue (nacked by the broker: the queue is full, or has failed); "
                + $"send again when the cause is fixed: {Publishes[0].MessageId}",
            Logs(producer));
        Assert.Empty(Events(producer, "lost-connection"));
    }

    [Fact]
    public async Task Publishes_again_what_an_outage_left_unconfirmed()
    {
        Broker.After<BasicPublish>().Skip(20).Once().Disconnect();
        var producer = Start("--count", "50", "--output", "json");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(Enumerable.Range(1, 50), Events(producer, "sent").Select(line => line.GetProperty("seq").GetInt32()));
        Assert.Equal(50, Broker.Queue(Queue).Ready.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(1, Events(producer)[^1].GetProperty("outages").GetInt32());
    }

    [Fact]
    public async Task Ends_cleanly_when_nobody_reads_its_results()
    {
        var line = StartShell("""{ "$P" 127.0.0.1 $PORT --rate 200; echo "exit code $?" >&2; } | head -n 1""");
        Assert.Equal(0, await line.ExitCodeAsync(Patience));
        Assert.Equal([Sent], line.StandardOutput);
        Assert.Contains("exit code 0", line.StandardError);
        Assert.Empty(Broker.Unconfirmed);
        AssertNoStackTrace(line);
    }

    // From the moment at which the first message was due to that of the last.
    private double DueIn(ProgramUnderTest producer)
    {
        var due = Broker.Queue(Queue).Ready.Select(message => (long)message.Properties.Headers!["cluster-test-due"]!).ToList();
        Assert.Equal(Events(producer, "sent").Count, due.Count);
        return (due.Max() - due.Min()) / 1e6;
    }

    private static string Text(object? header) => header as string ?? Encoding.UTF8.GetString((byte[])header!);
}
