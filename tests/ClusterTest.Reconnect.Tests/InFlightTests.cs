using ClusterTest.Reconnect.Internal.Producing;
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
        Assert.Equal("a", _inFlight.Take(1)!.MessageId);
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
        Assert.Equal("a", _inFlight.Oldest!.MessageId);
        _inFlight.Take(1);
        Assert.Equal("c", _inFlight.Oldest!.MessageId);
        _inFlight.Take(3);
        Assert.Null(_inFlight.Oldest);
        Add("d");
        Assert.Equal("d", _inFlight.Oldest!.MessageId);
    }

    [Fact]
    public void Takes_back_only_what_was_added_last()
    {
        Add("a", "b");
        var (first, last) = (_inFlight.Find(1)!, _inFlight.Find(2)!);
        Assert.False(_inFlight.TakeLast(first));
        Assert.True(_inFlight.TakeLast(last));
        Assert.False(_inFlight.TakeLast(last));
        Add("c");
        Assert.Equal("c", _inFlight.Find(2)!.MessageId);
        Assert.Equal(first.Bytes + _inFlight.Find(2)!.Bytes, _inFlight.Bytes);
    }

    private static List<string> Ids(IEnumerable<PendingPublish> publishes) => [.. publishes.Select(publish => publish.MessageId)];

    private void Add(params string[] ids)
    {
        foreach (var id in ids)
        {
            _inFlight.Add(new PendingPublish(new OutgoingContent(new OutgoingMessage { Body = default, MessageId = id }), 0, 0));
        }
    }
}
