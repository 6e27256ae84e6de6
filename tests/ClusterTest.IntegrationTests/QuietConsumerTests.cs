using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>A consumer that gets nothing though somebody publishes, and one that gets more than its memory takes.</summary>
public sealed class QuietConsumerTests(ClusterFixture fixture)
{
    private const int Count = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Uri => string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@{fixture.Host}:{fixture.Port}/%2F");

    // rabbitmq-server#887, #1872: a binding that goes tells nobody, and a plain publish that reaches no queue is confirmed, or dropped.
    [Fact]
    public async Task Messages_flow_again_after_the_queue_is_unbound_under_an_idle_consumer()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer();
        await Programs.EventAsync<ReadyEvent>(consumer);
        var unbind = $$"""
            {resource, _, _, _} = Q = rabbit_misc:r(<<"/">>, queue, <<"{{programs.Queue}}">>),
            X = rabbit_misc:r(<<"/">>, exchange, <<"{{programs.Queue}}">>),
            ok = rabbit_binding:remove({binding, X, <<"{{programs.Queue}}">>, Q, []}, <<"test">>).
            """;
        var ctl = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["eval", unbind.ReplaceLineEndings(" ")], Token);
        Assert.True(ctl.ExitCode == 0, ctl.ToString());
        for (var i = 0; i < 12 && !Programs.EventsOf(consumer).Any(told => told is ReceivedEvent); i++)
        {
            await PublishAsync(programs.Queue);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);
        }

        await Programs.EventAsync<ReceivedEvent>(consumer);
        Assert.DoesNotContain(Programs.EventsOf(consumer), told => told is LostConnectionEvent);
    }

    // Rebus#163: bodies of 4 MB, a prefetch of 100, 128 MiB of memory.
    [Fact]
    public async Task Messages_of_4_MB_are_received_with_128_MiB_of_memory()
    {
        await using var programs = new Programs(fixture);
        var (host, port) = (fixture.Host, fixture.Port.ToString(CultureInfo.InvariantCulture));
        var environment = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = $"0x{128 << 20:x}" };
        string[] names = ["--exchange", programs.Queue, "--queue", programs.Queue, "--routing-key", programs.Queue, "--output", "json"];

        // Once without any message, so that the queue is there.
        await using (var first = ProgramUnderTest.Start("cluster-test-consumer", [host, port, .. names, "--time", "1ms"], environment))
        {
            Assert.Equal(0, await first.ExitCodeAsync(Programs.Patience));
        }

        var producer = programs.StartProducer("--count", $"{Count}", "--size", "4000000");
        Assert.True(await producer.ExitCodeAsync(2 * Programs.Patience) == 0, $"{producer.StandardError}");
        await using var consumer = ProgramUnderTest.Start("cluster-test-consumer", [host, port, .. names, "--count", $"{Count}"], environment);
        Assert.True(await consumer.ExitCodeAsync(2 * Programs.Patience) == 0, $"{consumer.StandardError}");
        Assert.Equal(Count, Programs.EventsOf(consumer).Count(static told => told is ReceivedEvent));
        Assert.DoesNotContain(Programs.EventsOf(consumer), told => told is LostConnectionEvent);
    }

    private async Task PublishAsync(string name)
    {
        await using var publish = ProgramUnderTest.Start("/usr/bin/amqp-publish", ["--url", Uri, "-e", name, "-r", name, "-b", """{"content":"x","time":1}"""]);
        Assert.Equal(0, await publish.ExitCodeAsync(Programs.Patience));
    }
}
