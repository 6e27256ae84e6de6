using ClusterTest.Reconnect.Internal;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class InFlightTests
{
    private readonly InFlight _inFlight = new();

    [Fact]
    public void Numbers_from_one_as_the_broker_does()
    {
        Add("a", "b");
        Assert.Null(_inFlight.Take(0));
        Assert.Equal("a", _inFlight.Take(1)!.Message.MessageId);
        Assert.Null(_inFlight.Take(1));
        Assert.Null(_inFlight.Take(3));
        Assert.Equal(1, _inFlight.Count);
    }

    [Fact]
    public void Takes_up_to_a_number_what_is_left_oldest_first()
    {
        Add("a", "b", "c", "d", "e");
        _inFlight.Take(2);
        Assert.Equal(["a", "c"], Ids(_inFlight.TakeUpTo(3)));
        Assert.Empty(_inFlight.TakeUpTo(3));
        Assert.Equal(["d", "e"], Ids(_inFlight.TakeUpTo(99)));
        Add("f");
        Assert.Equal(["f"], Ids(_inFlight.TakeAll()));
        Assert.Equal(0, _inFlight.Count);
    }

    [Fact]
    public void Knows_the_longest_waiting_even_when_confirms_come_out_of_order()
    {
        Assert.Null(_inFlight.Oldest);
        Add("a", "b", "c");
        _inFlight.Take(2);
        Assert.Equal("a", _inFlight.Oldest!.Message.MessageId);
        _inFlight.Take(1);
        Assert.Equal("c", _inFlight.Oldest!.Message.MessageId);
        _inFlight.Take(3);
        Assert.Null(_inFlight.Oldest);
        Add("d");
        Assert.Equal("d", _inFlight.Oldest!.Message.MessageId);
    }

    [Fact]
    public void Finds_returned_messages_one_after_the_other_when_ids_repeat()
    {
        Add("a", "x", "x");
        var first = _inFlight.FindUnreturned("x")!;
        first.IsReturned = true;
        var second = _inFlight.FindUnreturned("x")!;
        Assert.NotSame(first, second);
        second.IsReturned = true;
        Assert.Null(_inFlight.FindUnreturned("x"));
        Assert.Null(_inFlight.FindUnreturned("unknown"));
    }

    private static List<string> Ids(IEnumerable<PendingPublish> publishes) => [.. publishes.Select(publish => publish.Message.MessageId)];

    private void Add(params string[] ids)
    {
        foreach (var id in ids)
        {
            _inFlight.Add(new PendingPublish(new OutgoingMessage { Body = default, MessageId = id }, 0, 0));
        }
    }
}
