using System.Runtime.CompilerServices;
using ScriptedAmqp.Hostile;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>Octets that are no AMQP: those of a client, of which its test must learn, and those of the broker, which it says to order.</summary>
public sealed class MalformedTests
{
    private const int Cases = 400;

    public static TheoryData<string, byte[], string> Nonsense => new()
    {
        { "no end", [.. Frame(RawFrame.Method, 1, [0, 85, 0, 10, 0])[..^1], 0xCD], "A frame does not end with 0xCE." },
        { "too long", [1, 0, 1, 0x7f, 0xff, 0xff, 0xff], "A frame of 2147483647 octets is too long." },
        { "no method", Frame(RawFrame.Method, 1, [0, 85]), "Wanted 4 octets at 0 of 2." },
        { "cut short", Frame(RawFrame.Method, 1, [0, 50, 0, 10, 0, 0, 5, (byte)'q']), "Wanted 5 octets at 7 of 8." },
        {
            "unknown field",
            Frame(RawFrame.Method, 1, [0, 50, 0, 10, 0, 0, 1, (byte)'q', 0, 0, 0, 0, 3, 1, (byte)'k', (byte)'?']),
            "Unknown field type '?' in a table."
        },
        { "table too long", Frame(RawFrame.Method, 1, [0, 50, 0, 10, 0, 0, 1, (byte)'q', 0, 0, 0, 0, 99]), "Wanted 99 octets at 13 of 13." },
        { "header without a publish", ContentHeader(1, 5), "A content frame came without a basic.publish." },
        { "body without a publish", Frame(RawFrame.Body, 1, [1]), "A content frame came without a basic.publish." },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Ends_the_connection_and_fails_the_next_wait_when_a_client_says_nonsense(string name, byte[] octets, string complaint)
    {
        await using var broker = ScriptedBroker.Start();
        using var other = await OpenAsync(broker);
        using var client = await OpenAsync(broker);
        await client.SendAsync(octets);
        await client.ExpectGoneAsync();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => broker.WaitForAsync(_ => true));
        Assert.True(exception.InnerException is InvalidDataException { Message: var said } && said == complaint, $"{name}: {exception}");
        await other.ExpectNothingElseAsync();
    }

    [Fact]
    public async Task Ignores_a_frame_of_a_type_that_it_does_not_know()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.SendAsync(Frame(42, 1, [1, 2, 3]));
        await client.ExpectNothingElseAsync();
        await broker.WaitForAsync(_ => true);
    }

    [Fact]
    public async Task Ignores_content_on_a_channel_that_nobody_opened()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.SendAsync([.. ContentHeader(9, 1), .. Frame(RawFrame.Body, 9, [1])]);
        await client.ExpectNothingElseAsync();
        Assert.Empty(broker.Received.OfType<BasicPublish>());
    }

    [Fact]
    public async Task Says_each_hostile_frame_octet_for_octet()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        Assert.Equal(HostileFrames.All.Count, HostileFrames.All.DistinctBy(frame => frame.Name).Count());
        foreach (var (name, octets) in HostileFrames.All)
        {
            broker.Connections[0].Send(octets);
            var said = await client.ReadOctetsAsync(octets.Length);
            Assert.True(octets.SequenceEqual(said), name);
        }

        await client.ExpectNothingElseAsync();
    }

    [Fact]
    public void Builds_frames_as_AMQP_has_them() =>
        Assert.Equal(Frame(RawFrame.Body, 258, [1, 2, 3]), HostileFrames.Frame(3, 258, [1, 2, 3]));

    [Fact]
    public async Task Says_to_order_what_it_would_say_in_another_way()
    {
        await using var broker = ScriptedBroker.Start(new() { Distort = OctetByOctetAsync });
        using var client = await OpenAsync(broker); // nothing else has changed
        await client.ExpectNothingElseAsync();

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> OctetByOctetAsync(
            BrokerConnection connection, ReadOnlyMemory<byte> words, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < words.Length; i++)
            {
                await Task.Yield();
                yield return words.Slice(i, 1);
            }
        }
    }

    [Fact]
    public async Task Keeps_a_connection_good_by_the_case_that_does_nothing()
    {
        var none = HostileCase.None;
        await using var broker = ScriptedBroker.Start(new() { Distort = none.DistortAsync });
        using var client = await OpenAsync(broker);
        await client.ExpectNothingElseAsync();
        Assert.Equal(Frame(RawFrame.Method, 1, [0, 20, 0, 21, 1]), none.Sent.Span[^13..].ToArray());
    }

    [Fact]
    public async Task Plays_a_case_of_one_seed_and_number_the_same_each_time_and_others_otherwise()
    {
        byte[][] words = [.. Enumerable.Range(1, 14).Select(i => Frame(RawFrame.Method, 1, [.. Enumerable.Repeat((byte)i, 40)]))];
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        var played = new HashSet<string>();
        for (var number = 0; number < Cases; number++)
        {
            var once = new HostileCase(seed: 1, number);
            string[] waits = ["Drip", "Silence", "End "];
            if (waits.Any(wait => once.ToString().Contains(wait, StringComparison.Ordinal)))
            {
                continue; // those take their time, or end the connection
            }

            var again = new HostileCase(seed: 1, number);
            foreach (var octets in words)
            {
                await PlayAsync(once, octets);
                await PlayAsync(again, octets);
            }

            Assert.Equal(once.ToString(), again.ToString());
            Assert.True(once.Sent.Span.SequenceEqual(again.Sent.Span), once.ToString());
            played.Add(Convert.ToHexString(once.Sent.Span));
        }

        Assert.InRange(played.Count, Cases / 2, Cases);

        async Task PlayAsync(HostileCase hostile, byte[] octets)
        {
            await foreach (var _ in hostile.DistortAsync(broker.Connections[0], octets.ToArray(), Token))
            {
                // Sent keeps them.
            }
        }
    }

    [Fact]
    public void Has_every_trick_at_every_moment_among_many_cases()
    {
        string[] cases = [.. Enumerable.Range(0, 5000).Select(number => new HostileCase(seed: 7, number).ToString().Split(": ")[1]).Distinct()];
        Assert.Equal(18, cases.Select(name => name.Split(' ')[0]).Distinct().Count());
        Assert.Equal(18 * 14, cases.Length);
    }
}
