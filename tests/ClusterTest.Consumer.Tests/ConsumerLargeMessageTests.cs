using System.Buffers.Binary;
using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;

namespace ClusterTest.Consumer.Tests;

/// <summary>Messages that any publisher can put into the queue, and that are more than most.</summary>
public sealed class ConsumerLargeMessageTests : ProgramTest
{
    private const string Body = """{"content":"Cluster Test!","time":1301531152.25}""";
    private const int Mebibyte = 1 << 20;

    protected override string Program => "cluster-test-consumer";

    [Fact]
    public async Task Parks_16_MiB_and_receives_the_next()
    {
        var consumer = Start("--count", "2");
        await ReadyAsync(consumer);
        var body = new byte[16 * Mebibyte];
        Broker.Enqueue(Queue, body);
        Broker.Enqueue(Queue, Body);
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal("Received: Cluster Test!/1301531152", consumer.StandardOutput[^1]);
        Assert.Equal(body, Assert.Single(Broker.Queue($"{Queue}.parked").Ready).Body.ToArray());
    }

    // With 302 MB for 60 messages the consumer was ended for its memory.
    [Fact]
    public async Task Receives_messages_of_4_MB_with_128_MiB_of_memory()
    {
        const int count = 60;
        var consumer = StartShell($"DOTNET_GCHeapHardLimit=0x{128 * Mebibyte:x} exec \"$P\" 127.0.0.1 $PORT --count {count}");
        await ReadyAsync(consumer);
        var body = System.Text.Encoding.UTF8.GetBytes(Body.PadRight(4_000_000));
        for (var i = 0; i < count; i++)
        {
            Broker.Enqueue(Queue, body);
        }

        Assert.True(await consumer.ExitCodeAsync(Patience) == 0, $"{consumer.StandardError}");
        Assert.Equal(count, consumer.StandardOutput.Count(line => line == "Received: Cluster Test!/1301531152"));
        Assert.Single(Broker.Connections, connection => connection.Received.OfType<BasicConsume>().Any());
    }

    [Fact]
    public async Task Receives_a_message_whose_headers_are_nested_as_deep_as_a_frame_allows()
    {
        var consumer = Start("--count", "1");
        await ReadyAsync(consumer);
        Broker.OpenConnections[0].Send(
        [
            .. Delivery(),
            .. HostileFrames.Frame(2, 1, [.. Header(Body.Length), 0x20, 0, .. Nested(26_000)]),
            .. HostileFrames.Frame(3, 1, System.Text.Encoding.UTF8.GetBytes(Body)),
        ]);
        Assert.Equal(0, await consumer.ExitCodeAsync(Patience));
        Assert.Equal("Received: Cluster Test!/1301531152", consumer.StandardOutput[^1]);
    }

    [Fact]
    public async Task Gives_up_with_the_reason_on_a_message_that_is_too_large_to_be_received()
    {
        // Each reconnect would bring it again.
        var consumer = Start();
        await ReadyAsync(consumer);
        Broker.OpenConnections[0].Send([.. Delivery(), .. HostileFrames.Frame(2, 1, [.. Header((128L * Mebibyte) + 1), 0, 0])]);
        Assert.Equal(2, await consumer.ExitCodeAsync(Patience));
        Assert.Contains(
            "the queue has a message that is too large to be received (Frame body size '134217729' exceeds maximum of '134217728' bytes). "
                + "Remove the message from the queue",
            Logs(consumer)[0], StringComparison.Ordinal);
        AssertNoStackTrace(consumer);
    }

    private static Task<string> ReadyAsync(ProgramUnderTest consumer) =>
        consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Patience);

    private static byte[] Delivery() => HostileFrames.Frame(
        1,
        1,
        [0, 60, 0, 60, (byte)Queue.Length, .. System.Text.Encoding.ASCII.GetBytes(Queue), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);

    private static byte[] Header(long bodySize)
    {
        var header = new byte[12];
        header[1] = 60;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(4), bodySize);
        return header;
    }

    /// <summary>A table with one entry: an array in an array in an array ….</summary>
    private static byte[] Nested(int levels)
    {
        const int level = 5;
        var table = new byte[4 + 1 + (levels * level)];
        BinaryPrimitives.WriteInt32BigEndian(table, table.Length - 4);
        for (var at = 5; at < table.Length; at += level)
        {
            table[at] = (byte)'A';
            BinaryPrimitives.WriteInt32BigEndian(table.AsSpan(at + 1), table.Length - at - level);
        }

        return table;
    }
}
