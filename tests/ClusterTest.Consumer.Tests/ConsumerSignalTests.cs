using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Consumer.Tests;

/// <summary>Ctrl-C, SIGTERM and a hang-up end the consumer in order, whatever it is doing.</summary>
public sealed class ConsumerSignalTests : ProgramTest
{
    // The drain deadline, 5 s, and 5 s more.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    protected override string Program => "cluster-test-consumer";

    public static TheoryData<Signal> Signals => [Signal.Interrupt, Signal.Terminate, Signal.HangUp];

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_connects_to_a_refused_port(Signal signal)
    {
        Broker.StopListening();
        var consumer = Start();
        await consumer.StandardError.WaitForLineAsync(line => line.Contains("Cannot use", StringComparison.Ordinal), timeout: Patience);
        await AssertEndsAsync(consumer, signal);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_the_handshake_hangs(Signal signal)
    {
        Broker.On<ProtocolHeader>().Withhold();
        var consumer = Start();
        await Broker.ReceivedAsync<ProtocolHeader>(timeout: Patience);
        await AssertEndsAsync(consumer, signal);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_declares(Signal signal)
    {
        Broker.On<QueueDeclare>().Withhold();
        var consumer = Start();
        await Broker.ReceivedAsync<QueueDeclare>(timeout: Patience);
        await AssertEndsAsync(consumer, signal);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_waits_for_messages(Signal signal)
    {
        var consumer = await StartReadyAsync();
        await AssertEndsAsync(consumer, signal);
        Assert.Single(Broker.Received.OfType<ConnectionClose>());
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_in_a_stream_and_acks_exactly_what_it_told(Signal signal)
    {
        const int count = 5000;
        var consumer = await StartReadyAsync();
        for (var i = 0; i < count; i++)
        {
            Broker.Enqueue(Queue, """{"content":"x","time":1}""");
        }

        await consumer.StandardOutput.WaitForLineAsync(line => line == "Received: x/1", count: 10, timeout: Patience);
        await AssertEndsAsync(consumer, signal);
        var queue = Broker.Queue(Queue);
        Assert.Equal(consumer.StandardOutput.Count(line => line == "Received: x/1"), queue.Acknowledged.Count);
        Assert.Equal(count, queue.Acknowledged.Count + queue.Ready.Count);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_it_recovers(Signal signal)
    {
        var consumer = await StartReadyAsync();
        Broker.Kill();
        await consumer.StandardError.WaitForLineAsync(line => line.Contains("Lost", StringComparison.Ordinal), timeout: Patience);
        await AssertEndsAsync(consumer, signal);
    }

    // Field lesson 18.
    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Ends_while_the_broker_is_frozen(Signal signal)
    {
        var consumer = await StartReadyAsync();
        Broker.Enqueue(Queue, """{"content":"x","time":1}""");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Received: x/1", timeout: Patience);
        Broker.Freeze();
        await AssertEndsAsync(consumer, signal);
    }

    [Fact]
    public async Task Goes_on_after_a_hang_up_that_is_ignored()
    {
        var consumer = StartShell("""trap '' HUP; exec "$P" 127.0.0.1 $PORT""");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Patience);
        consumer.Send(Signal.HangUp);
        Broker.Enqueue(Queue, """{"content":"x","time":1}""");
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Received: x/1", timeout: Patience);
        await AssertEndsAsync(consumer, Signal.Terminate);
    }

    private async Task<ProgramUnderTest> StartReadyAsync()
    {
        var consumer = Start();
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Patience);
        return consumer;
    }

    private static async Task AssertEndsAsync(ProgramUnderTest consumer, Signal signal)
    {
        consumer.Send(signal);
        Assert.Equal(0, await consumer.ExitCodeAsync(Bound));
        Assert.Contains("INF] Received ", Logs(consumer)[^1], StringComparison.Ordinal);
        AssertNoStackTrace(consumer);
    }
}
