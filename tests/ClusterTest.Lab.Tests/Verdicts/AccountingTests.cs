using ClusterTest.Cli.Events;
using ClusterTest.Lab.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Verdicts;

public sealed class AccountingTests
{
    private const int IntervalMilliseconds = 50;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 16, 40, 33, TimeSpan.Zero);

    private readonly List<ResultEvent> _produced = [.. Enumerable.Range(0, 10).Select(Sent)];
    private readonly List<ResultEvent> _consumed = [.. Enumerable.Range(0, 10).Select(number => Received(number, number * IntervalMilliseconds))];

    [Fact]
    public void Nothing_is_lost_when_everything_confirmed_was_received()
    {
        var verdict = Account();

        Assert.Equal((10, 10, 0, 0), (verdict.Confirmed, verdict.Received, verdict.Lost.Count, verdict.Duplicated));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_confirmed_message_that_was_never_received_is_lost_and_named(int missing)
    {
        _consumed.RemoveAt(missing);

        Assert.Equal([IdOf(missing)], Account().Lost);
    }

    [Fact]
    public void A_message_that_was_received_twice_is_a_duplicate_and_makes_up_for_no_other()
    {
        _consumed[3] = Received(4, 3 * IntervalMilliseconds);

        var verdict = Account();

        Assert.Equal((9, 1), (verdict.Received, verdict.Duplicated));
        Assert.Equal([IdOf(3)], verdict.Lost);
    }

    [Fact]
    public void A_message_whose_confirm_never_came_is_recovered_when_it_was_received()
    {
        _produced[5] = new UnknownEvent(IdOf(5), "run", 5, Attempts: 1) { Timestamp = At(0) };

        var verdict = Account();

        Assert.Equal((9, 10, 0, 1), (verdict.Confirmed, verdict.Received, verdict.Lost.Count, verdict.Recovered));
    }

    [Fact]
    public void A_message_whose_confirm_never_came_is_not_lost_when_it_was_not_received()
    {
        _produced[5] = new UnknownEvent(IdOf(5), "run", 5, Attempts: 1) { Timestamp = At(0) };
        _consumed.RemoveAt(5);

        Assert.Empty(Account().Lost);
    }

    [Fact]
    public void The_outage_is_the_longest_silence_around_the_fault()
    {
        _consumed.RemoveRange(4, 3);

        Assert.Equal(TimeSpan.FromMilliseconds(4 * IntervalMilliseconds), Account().Outage);
    }

    [Fact]
    public void A_silence_that_was_over_before_the_fault_is_no_outage()
    {
        _consumed.RemoveRange(1, 3);

        Assert.Equal(TimeSpan.FromMilliseconds(IntervalMilliseconds), Account(faultAfterMilliseconds: 300).Outage);
    }

    [Fact]
    public void Without_messages_there_is_nothing_to_tell()
    {
        _produced.Clear();
        _consumed.Clear();

        Assert.Equal((0, 0, TimeSpan.Zero), (Account().Confirmed, Account().Received, Account().Outage));
    }

    private Verdict Account(int faultAfterMilliseconds = 100) =>
        Accounting.Of(_produced, _consumed, Start.AddMilliseconds(faultAfterMilliseconds), Start.AddMilliseconds(IntervalMilliseconds * 10));

    private static SentEvent Sent(int number) =>
        new(IdOf(number), "run", number, LatencyMilliseconds: 3, Attempts: 1) { Timestamp = At(number * IntervalMilliseconds) };

    private static ReceivedEvent Received(int number, int milliseconds) =>
        new(IdOf(number), "run", number, "Cluster Test!", Time: 1301531152, Redelivered: false, Session: 0) { Timestamp = At(milliseconds) };

    private static string IdOf(int number) => $"id-{number}";

    private static string At(int milliseconds) => ResultEvent.Format(Start.AddMilliseconds(milliseconds));
}
