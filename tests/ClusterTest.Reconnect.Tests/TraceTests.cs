using System.Diagnostics;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// A client outlives the request that started it: what is current there is nobody's parent. A publish belongs to its caller's trace, and a handler to its
/// message's. Listeners are the process's: these see only what has a topology of its own.
/// </summary>
public sealed class TraceTests : BrokerTest
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly string _name = $"trace_{Guid.NewGuid():N}";
    private readonly Recorder<Activity> _ended = new();

    private ClusterOptions Traced => Cluster with { Topology = Topology.Named(_name) };

    [Fact]
    public async Task A_publish_is_a_child_of_what_is_current_at_its_call()
    {
        using var listener = Listen("RabbitMQ.Client.Publisher");
        var producer = Unattached("start-up", _ => Produce(Traced));
        await OpenAsync();
        var (request, publishing) = Unattached("request", activity => (activity.Context, producer.PublishAsync(Message("a"), Token)), ends: false);
        Assert.True((await publishing).IsConfirmed);
        var publish = await _ended.WaitForAsync(_ => true);
        Assert.Equal((request.TraceId, request.SpanId), (publish.TraceId, publish.ParentSpanId));
        var sent = Broker.Received.OfType<BasicPublish>().Single();
        Assert.Equal(publish.Id, sent.Properties.Headers!["traceparent"]);
    }

    [Fact]
    public async Task A_publish_that_is_written_after_its_caller_has_gone_is_still_of_its_trace()
    {
        using var listener = Listen("RabbitMQ.Client.Publisher");
        Broker.StopListening();
        var producer = Produce(Traced);
        var (request, publishing) = Unattached("request", activity => (activity.Context, producer.PublishAsync(Message("a"), Token)));
        Broker.StartListening();
        Assert.True((await publishing).IsConfirmed);
        Assert.Equal(request.TraceId, (await _ended.WaitForAsync(_ => true)).TraceId);
    }

    [Fact]
    public async Task A_publish_without_a_caller_has_no_parent()
    {
        using var listener = Listen("RabbitMQ.Client.Publisher");
        var producer = Unattached("start-up", _ => Produce(Traced));
        await producer.PublishAsync(Message("a"), Token);
        Assert.Null((await _ended.WaitForAsync(_ => true)).ParentId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_is_of_the_trace_of_its_message(bool isListenedTo)
    {
        using var listener = isListenedTo ? Listen(ClusterTraces.SourceName) : null;
        var current = new Recorder<Activity?>();
        Unattached("start-up", _ => Consume(
            delivery =>
            {
                current.Add(Activity.Current);
                return new(DeliveryResult.Ack);
            },
            Traced));
        await OpenAsync();
        Broker.Enqueue(_name, "a", new MessageProperties { MessageId = "a", Headers = new Dictionary<string, object?> { ["traceparent"] = TraceParent } });
        await AckedAsync(1, _name);
        var handled = current.Items.Single()!;
        Assert.Equal(TraceParent[3..35], handled.TraceId.ToHexString());
        Assert.Equal(TraceParent[36..52], handled.ParentSpanId.ToHexString());
        if (isListenedTo)
        {
            var ended = await _ended.WaitForAsync(_ => true);
            Assert.Equal((ActivityKind.Consumer, $"process {_name}", "a"), (ended.Kind, ended.DisplayName, ended.GetTagItem("messaging.message.id")));
        }
    }

    [Fact]
    public async Task A_handler_of_a_message_without_a_trace_has_no_parent_and_nothing_of_who_started_it()
    {
        var context = new AsyncLocal<string?> { Value = "start-up" };
        var seen = new Recorder<(string Where, string? Context, string? Parent)>();
        void See(string where) => seen.Add((where, context.Value, Activity.Current?.ParentId));
        var consumer = Unattached("start-up", _ => Consume(
            delivery =>
            {
                See("handler");
                return new(Handled.Items.Count == 1 ? DeliveryResult.Park("first") : DeliveryResult.Ack);
            },
            Traced with { OnSessionEvent = change => { Events.Add(change); See("event"); } }));
        await OpenAsync();
        Broker.Enqueue(_name, "a");
        Broker.Enqueue(_name, "b");
        await AckedAsync(2, _name);
        await consumer.StopAsync();
        Assert.Contains(seen.Items, item => item.Where == "handler");
        Assert.All(seen.Items, item => Assert.Equal((null, null), (item.Context, item.Parent)));
    }

    [Fact]
    public async Task A_parked_message_stays_in_its_trace()
    {
        using var listener = Listen("RabbitMQ.Client.Publisher", _name + ".parked");
        Consume(_ => new(DeliveryResult.Park("reason")), Traced);
        await OpenAsync();
        Broker.Enqueue(_name, "a");
        await AckedAsync(1, _name);
        Broker.Enqueue(_name, "b", new MessageProperties { Headers = new Dictionary<string, object?> { ["traceparent"] = TraceParent } });
        await AckedAsync(2, _name);
        await _ended.WaitForAsync(_ => true, count: 2);
        Assert.Equal([false, true], _ended.Items.Select(parked => parked.TraceId.ToHexString() == TraceParent[3..35]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_throws_costs_no_message(bool atStart)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ClusterTraces.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => ThrowIf(atStart && IsOurs(activity)),
            ActivityStopped = activity => ThrowIf(!atStart && IsOurs(activity)),
        };
        ActivitySource.AddActivityListener(listener);
        Consume(Traced);
        await OpenAsync();
        Broker.Enqueue(_name, "a");
        Broker.Enqueue(_name, "b");
        Assert.Equal(["a", "b"], await AckedAsync(2, _name));
        Assert.DoesNotContain(Events.Items, change => change.To == SessionState.Recovering);
    }

    private bool IsOurs(Activity activity) => activity.DisplayName.Contains(_name, StringComparison.Ordinal);

    private static void ThrowIf(bool isDue)
    {
        if (isDue)
        {
            throw new InvalidOperationException("exporter");
        }
    }

    /// <summary>Does something within an activity, and leaves nothing of it to the test.</summary>
    private static T Unattached<T>(string name, Func<Activity, T> act, bool ends = true)
    {
        var before = Activity.Current;
#pragma warning disable CA2000 // It has no handle to free.
        var activity = new Activity(name).SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()).Start();
#pragma warning restore CA2000
        var result = act(activity);
        if (ends)
        {
            activity.Stop();
        }

        Activity.Current = before;
        return result;
    }

    private ActivityListener Listen(string source, string? routingKey = null)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = found => found.Name == source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                var name = routingKey ?? _name;
                if (activity.TagObjects.Any(tag => tag.Value is string value && value == name)
                    || activity.DisplayName.EndsWith(name, StringComparison.Ordinal))
                {
                    _ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
