using System.Text;
using ClusterTest.Testing;
using CsCheck;
using Xunit;

namespace ClusterTest.Events.Tests;

/// <summary>What holds for every body. A failure names its seed; <c>CsCheck_Seed=…</c> in the environment plays it again.</summary>
public sealed class HostileBodyTests
{
    private const int Bodies = 5_000;
    private const int LongestReason = 300;

    private static readonly Gen<byte[]> AnyBody = Gen.Int.Select(static seed => HostileBodies.Next(new Random(seed)));

    [Fact]
    public void Is_understood_or_refused_with_one_short_line() => AnyBody.Sample(
        static body =>
        {
            var isRead = TestMessage.TryRead(body, out var message, out var error);
            Assert.Equal(isRead, error.Length == 0);
            Assert.InRange(error.Length, 0, LongestReason);
            Assert.DoesNotContain(error, char.IsControl);
            Assert.True(!isRead || (message.Content is not null && double.IsFinite(message.Time)));
        },
        iter: Bodies);

    [Fact]
    public void What_is_understood_says_the_same_when_it_is_written_again() => AnyBody.Sample(
        static body =>
        {
            if (TestMessage.TryRead(body, out var message, out _))
            {
                Assert.True(TestMessage.TryRead(message.ToBody(), out var again, out var error), error);
                Assert.Equal(message, again);
            }
        },
        iter: Bodies);

    [Fact]
    public void What_is_printed_of_it_is_one_line_without_control_characters() => AnyBody.Sample(
        static body =>
        {
            // A message-id may hold anything, too.
            var id = Encoding.UTF8.GetString(body);
            var content = TestMessage.TryRead(body, out var message, out _) ? message.Content : id;
            var received = new ReceivedEvent(id, id, 1, content, message.Time, Redelivered: false, Session: 0) { Timestamp = DateTimeOffset.UnixEpoch };
            AssertPrintable(Printable.Line(received.ToText()!));
            AssertPrintable(Printable.Line(EventJson.Write(received)));
        },
        iter: Bodies);

    // Over a span: xUnit's own assertions on collections take a minute for these.
    private static void AssertPrintable(ReadOnlySpan<char> line)
    {
        foreach (var character in line)
        {
            if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                Assert.Fail($"Character {(int)character:x4} is printed.");
            }
        }
    }
}
