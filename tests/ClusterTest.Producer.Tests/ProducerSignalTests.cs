using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Producer.Tests;

/// <summary>Ctrl-C, SIGTERM and a hang-up end the producer in order, whatever it is doing: it waits for confirms, but not for ever.</summary>
public sealed class ProducerSignalTests : ProgramTest
{
    // The drain deadline, 5 s, and 5 s more.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    protected override string Program => "cluster-test-producer";

    public static TheoryData<Signal> Signals => [Signal.Interrupt, Signal.Terminate, Signal.HangUp];

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_connects_to_a_refused_port_and_names_what_was_not_sent(Signal signal)
    {
        Broker.StopListening();
        var producer = Start();
        await producer.StandardError.WaitForLineAsync(line => line.Contains("Cannot use", StringComparison.Ordinal), timeout: Patience);
        await AssertEndsAsync(producer, signal, 2);
        Assert.Equal("INF] Stopping: waiting up to 5s for the confirms of 1 message", Logs(producer)[1]);
        Assert.Matches(@"^WRN\] 1 message not sent \(in no queue\); send again: [0-9a-f-]{36}$", Logs(producer)[2]);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_the_handshake_hangs_and_names_what_was_not_sent(Signal signal)
    {
        Broker.On<ProtocolHeader>().Withhold();
        var producer = Start();
        await Broker.ReceivedAsync<ProtocolHeader>(timeout: Patience);
        await AssertEndsAsync(producer, signal, 2);
        Assert.Matches(@"^WRN\] 1 message not sent \(in no queue\); send again: [0-9a-f-]{36}$", Logs(producer)[^1]);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_at_once_while_it_is_idle(Signal signal)
    {
        var producer = Start("--rate", "0.001");
        await producer.StandardOutput.WaitForLineAsync(line => line == "Sent cluster test message.", timeout: Patience);
        await AssertEndsAsync(producer, signal, 0);
        Assert.Single(Broker.Received.OfType<ConnectionClose>());
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_waits_for_standard_input(Signal signal)
    {
        // The shell's sleep holds standard input open; the program replaces the shell, so that the signal is its own.
        var producer = StartShell("""exec "$P" 127.0.0.1 $PORT --stdin < "$(d=$(mktemp -d); mkfifo $d/f; (exec sleep 60 > $d/f) 2>&- >&- & echo $d/f)" """);
        await Broker.ReceivedAsync<QueueBind>(timeout: Patience);
        await AssertEndsAsync(producer, signal, 0);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_in_a_stream_with_every_message_confirmed(Signal signal)
    {
        var producer = Start("--time", "10m");
        await producer.StandardOutput.WaitForLineAsync(line => line == "Sent cluster test message.", count: 100, timeout: Patience);
        await AssertEndsAsync(producer, signal, 0);
        Assert.Equal(Broker.Queue(Queue).Ready.Count, producer.StandardOutput.Count);
        Assert.Empty(Broker.Unconfirmed);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_recovers_and_names_what_was_not_confirmed(Signal signal)
    {
        Broker.WithholdConfirms();
        var producer = Start("--count", "3");
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 3, Patience);
        Broker.Kill();
        await producer.StandardError.WaitForLineAsync(line => line.Contains("Lost", StringComparison.Ordinal), timeout: Patience);
        await AssertEndsAsync(producer, signal, 2);
        AssertNamesUnknown(producer);
    }

    // Field lesson 18.
    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_the_broker_is_frozen_and_names_what_was_not_confirmed(Signal signal)
    {
        Broker.WithholdConfirms();
        var producer = Start("--count", "3");
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 3, Patience);
        Broker.Freeze();
        await AssertEndsAsync(producer, signal, 2);
        AssertNamesUnknown(producer);
    }

    // Field lesson 18: what the frozen broker does not read any more fills the socket, and a write hangs.
    [Fact]
    public async Task Ends_while_a_write_hangs()
    {
        var producer = Start("--time", "10m", "--size", "100000");
        await producer.StandardOutput.WaitForLineAsync(line => line == "Sent cluster test message.", timeout: Patience);
        Broker.Freeze();
        var seen = -1;
        await Broker.WaitForAsync(broker => broker.Received.Count == Interlocked.Exchange(ref seen, broker.Received.Count), Patience);
        await AssertEndsAsync(producer, Signal.Terminate, 2);
        Assert.Contains(Logs(producer), line => line.Contains("not confirmed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Goes_on_after_a_hang_up_that_is_ignored()
    {
        var producer = StartShell("""trap '' HUP; exec "$P" 127.0.0.1 $PORT --time 10m""");
        await producer.StandardOutput.WaitForLineAsync(line => line == "Sent cluster test message.", timeout: Patience);
        producer.Send(Signal.HangUp);
        await producer.StandardOutput.WaitForLineAsync(
            line => line == "Sent cluster test message.", count: 1000, from: producer.StandardOutput.Count, timeout: Patience);
        await AssertEndsAsync(producer, Signal.Terminate, 0);
    }

    [Fact]
    public async Task Ends_in_order_with_its_input_when_the_lab_has_started_it()
    {
        var producer = StartShell("""sleep 1 | CLUSTER_TEST_END_WITH_INPUT=yes "$P" 127.0.0.1 $PORT --time 10m""");
        Assert.Equal(0, await producer.ExitCodeAsync(Patience));
        Assert.Equal(Broker.Queue(Queue).Ready.Count, producer.StandardOutput.Count);
        Assert.Empty(Broker.Unconfirmed);
    }

    [Fact]
    public async Task Names_many_unconfirmed_messages_in_lines_that_a_log_takes()
    {
        Broker.WithholdConfirms();
        var producer = Start("--count", "45");
        await Broker.ReceivedAsync<BasicPublish>(count: 45, timeout: Patience);
        await AssertEndsAsync(producer, Signal.Terminate, 2);
        var told = Logs(producer).Where(line => line.Contains(" unknown (", StringComparison.Ordinal)).ToList();
        Assert.Equal(["WRN] 20", "WRN] 20", "WRN] 5 "], told.Select(line => line[..7]));
        Assert.Equal(
            Broker.Received.OfType<BasicPublish>().Select(publish => publish.MessageId),
            told.SelectMany(line => line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].Split(", ")));
    }

    private void AssertNamesUnknown(ProgramUnderTest producer)
    {
        var ids = Broker.Received.OfType<BasicPublish>().Select(publish => publish.MessageId).Distinct();
        Assert.Equal(
            $"WRN] 3 messages unknown (written but not confirmed: perhaps in the queue); "
                + $"look into the queue before you send again: {string.Join(", ", ids)}",
            Logs(producer)[^2]);
        Assert.StartsWith("INF] Confirmed 0, unknown 3", Logs(producer)[^1], StringComparison.Ordinal);
    }

    private static async Task AssertEndsAsync(ProgramUnderTest producer, Signal signal, int exitCode)
    {
        producer.Send(signal);
        Assert.Equal(exitCode, await producer.ExitCodeAsync(Bound));
        AssertNoStackTrace(producer);
    }
}
