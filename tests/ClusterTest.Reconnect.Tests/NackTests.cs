using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A nack is back-pressure: the same channel, later. Field lesson 36.</summary>
public sealed class NackTests : BrokerTest
{
    [Fact]
    public async Task Two_messages_of_a_hundred_nacked_cost_no_outage_and_no_channel()
    {
        const int count = 5000;
        var arrived = 0;
        var nacked = Broker.On<BasicPublish>(_ => ++arrived % 50 == 0).Do(publish => publish.Nack());
        var producer = Produce();
        await OpenAsync();
        List<Task<PublishResult>> results = [];
        for (var i = 0; i < count; i++)
        {
            await producer.WaitToPublishAsync(Token);
            results.Add(producer.PublishAsync(Message($"{i}"), Token));
        }

        Assert.All(await Task.WhenAll(results), result => Assert.True(result.IsConfirmed));
        Assert.InRange(nacked.Hits, count / 50, count);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        Assert.Single(Broker.Received.OfType<ConfirmSelect>());
        Assert.Equal(count, Broker.Queue(Name).Ready.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(count, Broker.Queue(Name).Ready.Count);
    }

    [Fact]
    public async Task A_queue_that_stays_full_is_told_at_the_deadline_and_not_hammered()
    {
        Broker.On<BasicPublish>().Do(publish => publish.Nack());
        var producer = Produce(new ProducerOptions { Cluster = Cluster, PublishTimeout = TimeSpan.FromSeconds(2) });
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => producer.PublishAsync(Message($"{i}"), Token)));
        Assert.All(results, result => Assert.Equal("Nacked", result.Outcome.ToString()));
        Assert.All(results, result => Assert.InRange(result.Attempts, 2, 20));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }
}
