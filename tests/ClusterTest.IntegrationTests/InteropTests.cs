using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Other people's clients on the same exchange and queue: pika, and amqp-tools, which are written in C.</summary>
public sealed class InteropTests(ClusterFixture fixture)
{
    private const string Python = "/usr/bin/python3";

    private string Url => string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@{fixture.Host}:{fixture.Port}/%2F");

    [Fact]
    public async Task A_plain_client_that_declares_the_same_queue_first_is_understood()
    {
        await using var programs = new Programs(fixture);
        await using var pika = RunPika("send", programs.Queue);
        Assert.Equal(0, await pika.ExitCodeAsync(Programs.Patience));

        var consumer = programs.StartConsumer("--count", "1");
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
        var received = Assert.Single(Programs.EventsOf(consumer).OfType<ReceivedEvent>());
        Assert.Equal(("Cluster Test!", 1301531152.25), (received.Content, received.Time));
    }

    [Fact]
    public async Task A_plain_client_understands_ours()
    {
        await using var programs = new Programs(fixture);
        var producer = programs.StartProducer();
        Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));

        await using var pika = RunPika("receive", programs.Queue);
        Assert.Equal(0, await pika.ExitCodeAsync(Programs.Patience));
        Assert.Equal("Cluster Test! float application/json 2", Assert.Single(pika.StandardOutput));
    }

    [Fact]
    public async Task What_amqp_publish_sends_is_received_and_what_is_no_test_message_is_parked()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer();
        await Programs.EventAsync<ReadyEvent>(consumer);

        foreach (var body in new[] { "not a test message", """{"content":"Cluster Test!","time":1301531152.25}""" })
        {
            await using var publish = ProgramUnderTest.Start("/usr/bin/amqp-publish", ["--url", Url, "-e", programs.Queue, "-r", programs.Queue, "-b", body]);
            Assert.Equal(0, await publish.ExitCodeAsync(Programs.Patience));
        }

        var received = await Programs.EventAsync<ReceivedEvent>(consumer);
        Assert.Equal("Cluster Test!", received.Content);
        await Programs.EventAsync<ParkedEvent>(consumer);
        await using var parked = ProgramUnderTest.Start("/usr/bin/amqp-get", ["--url", Url, "-q", $"{programs.Queue}.parked"]);
        Assert.Equal(0, await parked.ExitCodeAsync(Programs.Patience));
        Assert.Equal("not a test message", Assert.Single(parked.StandardOutput));
    }

    [Fact]
    public async Task A_megabyte_is_received()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer("--count", "1");
        var producer = programs.StartProducer("--size", "1048576");
        Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
        Assert.Single(Programs.EventsOf(consumer).OfType<ReceivedEvent>());
    }

    private ProgramUnderTest RunPika(string action, string queue) => ProgramUnderTest.Start(
        Python, [Path.Combine(AppContext.BaseDirectory, "pika_client.py"), action, Url, queue]);
}
