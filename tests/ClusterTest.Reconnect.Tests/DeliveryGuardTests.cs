using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Field lesson 22: the delivery limit of RabbitMQ 4 counts lost connections, and twenty failovers drop a message.</summary>
public sealed class DeliveryGuardTests : BrokerTest
{
    private const string Parked = Name + ".parked";
    private const int CameBackOften = 23;

    private readonly LogRecorder _log = new();
    private readonly Recorder<(string? Id, string Reason)> _parked = new();

    private ConsumerOptions Limited => new()
    {
        Cluster = Cluster with { LoggerFactory = _log },
        DeliveryLimit = 6,
        OnParked = (delivery, reason) => _parked.Add((delivery.MessageId, reason)),
    };

    [Fact]
    public async Task Parks_what_came_back_with_lost_connections_too_often_and_does_not_hand_it_over_again()
    {
        var consumer = Consume(NeverDoneAsync, Limited);
        await OpenAsync();
        foreach (var text in new[] { "a", "b" })
        {
            Broker.Enqueue(Name, text, new MessageProperties { MessageId = text });
        }

        for (var losses = 1; losses <= 6; losses++)
        {
            await Handled.WaitForAsync(text => text == "a", count: losses);
            Broker.OpenConnections[0].Reset();
            await OpenAsync(losses + 1);
        }

        Assert.Equal(["a", "b"], (await AckedAsync(2)).Order());
        Assert.Equal(Enumerable.Repeat("a", 6), Handled.Items); // b was handed out six times as well, and its turn never came
        var copies = Broker.Queue(Parked).Ready;
        Assert.Equal(["a", "b"], copies.Select(copy => copy.Text));
        Assert.All(copies, copy => Assert.DoesNotContain("x-delivery-count", copy.Properties.Headers!));
        const string reason = "it came back unacknowledged 6 times, and the delivery limit is 6";
        Assert.Equal(reason, copies[0].Properties.Headers!["x-parked-reason"]);
        Assert.Equal([("a", reason), ("b", reason)], _parked.Items.Order());
        await Eventually.TrueAsync(() => (consumer.Statistics.Received, consumer.Statistics.Parked) == (6, 2));
    }

    [Fact]
    public async Task Warns_half_way_in_one_line_for_all_that_are_there()
    {
        Consume((_, _) => new(DeliveryResult.Retry), Limited);
        await OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            Broker.Enqueue(Name, $"{i}", new MessageProperties { MessageId = $"{i}" });
        }

        await AckedAsync(20);
        var warning = Assert.Single(_log.Lines.Items, line => line.Id == CameBackOften);
        Assert.Matches("message [0-9]+, and perhaps others, came back unacknowledged 3 times; at 6 times a message is parked", warning.Text);
    }

    [Fact]
    public async Task Believes_no_count_that_came_with_the_message()
    {
        Consume((_, _) => new(DeliveryResult.Ack), Limited);
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties().WithHeader("x-delivery-count", 100L));
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal(["a"], Handled.Items);
    }

    [Fact]
    public async Task Tells_of_what_the_handler_parks_as_well_and_does_not_mind_an_observer_that_throws()
    {
        var options = Limited with { OnParked = Limited.OnParked + ((_, _) => throw new InvalidOperationException("observer")) };
        Consume((_, _) => new(DeliveryResult.Park("bad")), options);
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { MessageId = "a" });
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal([("a", "bad")], _parked.Items);
        Assert.Single(Broker.Queue(Parked).Ready);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async ValueTask<DeliveryResult> NeverDoneAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return DeliveryResult.Ack;
    }
}
