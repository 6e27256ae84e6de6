using System.Text;
using System.Text.Json;
using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class TestMessageTests
{
    private const int Mebibyte = 1 << 20;

    private static readonly TestMessage Message = new TestMessage("Cluster Test!", 1301531152.25).Sealed("r", 7);

    [Fact]
    public void Is_written_as_agreed() =>
        Assert.Equal("""{"content":"Cluster Test!","time":1301531152.25}""", Encoding.UTF8.GetString(new TestMessage("Cluster Test!", 1301531152.25).ToBody()));

    [Theory]
    [InlineData("""{"content":"Cluster Test!","time":1301531152.25}""", "Cluster Test!", 1301531152.25)]
    [InlineData("""{"time":1,"content":""}""", "", 1)]
    [InlineData("""  {"content":"a\u0062\n","time":1e9, "more":[{"x":null}]}  """, "ab\n", 1e9)]
    [InlineData("""{"content":"grüße 🐇","time":-1}""", "grüße 🐇", -1)]
    [InlineData("""{"content":"x","time":1e12}""", "x", 1e12)]
    public void Is_read_whoever_wrote_it(string body, string content, double time)
    {
        Assert.True(TestMessage.TryRead(Encoding.UTF8.GetBytes(body), out var message, out var error), error);
        Assert.Equal(new TestMessage(content, time), message);
    }

    [Theory]
    [InlineData("", "the body is empty")]
    [InlineData(" ", "not a test message")]
    [InlineData("Cluster Test!", "not a test message")]
    [InlineData("null", "no content")]
    [InlineData("[]", "not a test message")]
    [InlineData("{}", "not a test message")]
    [InlineData("""{"content":"x"}""", "not a test message")]
    [InlineData("""{"time":1}""", "not a test message")]
    [InlineData("""{"content":null,"time":1}""", "not a test message")]
    [InlineData("""{"content":1,"time":1}""", "not a test message")]
    [InlineData("""{"content":"x","time":"1"}""", "not a test message")]
    [InlineData("""{"content":"x","time":NaN}""", "not a test message")]
    [InlineData("""{"content":"x","time":1e400}""", "out of range")]
    [InlineData("""{"content":"x","time":-1e13}""", "out of range")]
    [InlineData("""{"content":"x","time":1}{}""", "not a test message")]
    [InlineData("""{"content":"x","time":1""", "not a test message")]
    [InlineData("""{"content":"\ud800","time":1}""", "not a test message")]
    public void Is_refused_with_the_reason(string body, string reason)
    {
        Assert.False(TestMessage.TryRead(Encoding.UTF8.GetBytes(body), out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_a_run_says_so_in_its_body_with_a_digest() => Assert.Equal(
        """{"content":"Cluster Test!","time":1301531152.25,"cluster-test-run":"r","cluster-test-sequence":7,"cluster-test-digest":"2dc156d8d225f2ca"}""",
        Encoding.UTF8.GetString(Message.ToBody()));

    [Theory]
    [InlineData("Cluster Test!", 1301531152.25)]
    [InlineData("", 0)]
    [InlineData("\"\\<&>'+/`\t\n\u0001\u007f", -1e-7)]
    [InlineData("grüße 🐇 \u2028 \ud800", 1e300)]
    public void Is_written_as_the_serializer_writes_it(string content, double time)
    {
        var message = new TestMessage(content, time);
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(message, TestMessageJson.Default.TestMessage), message.ToBody());
        var told = message.Sealed("\"run\"", 7);
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(told, TestMessageJson.Default.TestMessage), told.ToBody());
    }

    [Fact]
    public void Another_body_than_was_sent_is_told()
    {
        var origin = new MessageOrigin("r", 7);

        Assert.Null(Message.FindDamage(origin));
        Assert.Null(Message.FindDamage(default));
        Assert.Null(new TestMessage("x", 1).FindDamage(origin));
        Assert.Equal("the digest does not fit the body", (Message with { Content = "Cluster Tesu!" }).FindDamage(origin));
        Assert.Equal("the digest does not fit the body", (Message with { Time = 1301531152.251 }).FindDamage(origin));
        Assert.Equal("the digest does not fit the body", (Message with { Sequence = 8 }).FindDamage(origin));
        Assert.Equal("the body is that of message 7 of run r", Message.FindDamage(new MessageOrigin("r", 8)));
        Assert.Equal("the body is that of message 7 of run r", Message.FindDamage(new MessageOrigin("s", 7)));
    }

    [Fact]
    public void A_digest_outlives_being_written_and_read()
    {
        var message = new TestMessage("grüße 🐇\n", 1764288000.123).Sealed("r", long.MaxValue);

        Assert.True(TestMessage.TryRead(message.ToBody(1_000), out var read, out _));
        Assert.Equal(message, read);
        Assert.Null(read.FindDamage(new MessageOrigin("r", long.MaxValue)));
    }

    [Fact]
    public void Is_refused_when_it_is_not_UTF_8()
    {
        var octets = "{\"content\":\"\xff\",\"time\":1}"u8.ToArray().Select(octet => octet == 0xc3 ? (byte)0xff : octet).ToArray();
        Assert.False(TestMessage.TryRead(octets, out _, out var error));
        Assert.NotEmpty(error);
        Assert.False(TestMessage.TryRead([0xff, 0xfe, 0x00], out _, out _));
    }

    [Fact]
    public void Is_refused_when_it_is_nested_without_end()
    {
        var deep = "{\"x\":" + new string('[', 1_000_000);
        Assert.False(TestMessage.TryRead(Encoding.UTF8.GetBytes(deep), out _, out var error));
        Assert.Contains("depth", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_read_when_it_has_a_mebibyte()
    {
        var content = new string('x', Mebibyte);
        Assert.True(TestMessage.TryRead(new TestMessage(content, 1).ToBody(), out var message, out _));
        Assert.Equal(content, message.Content);
        Assert.False(TestMessage.TryRead(new byte[Mebibyte], out _, out _));
    }

    [Fact]
    public void The_reason_stays_short_and_printable_whatever_the_body_holds()
    {
        var body = $$"""{"{{new string('k', Mebibyte)}}\u001b[2J":{bad""";
        Assert.False(TestMessage.TryRead(Encoding.UTF8.GetBytes(body), out _, out var error));
        Assert.InRange(error.Length, 1, 300);
        Assert.False(TestMessage.TryRead("{\"\\u001b[2J\\n\":{bad"u8, out _, out error));
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(60)]
    [InlineData(1000)]
    [InlineData(Mebibyte)]
    public void Is_padded_to_exactly_the_wished_for_size(int size)
    {
        var message = new TestMessage("Cluster Test!", 1301531152.25);
        var body = message.ToBody(size);
        Assert.Equal(Math.Max(48, size), body.Length);
        Assert.True(TestMessage.TryRead(body, out var read, out _));
        Assert.Equal(message, read);
    }
}
