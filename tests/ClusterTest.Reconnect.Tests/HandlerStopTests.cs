using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// A handler that ends with <see cref="OperationCanceledException"/> because it is asked to stop has not failed: each deployment would park a message.
/// </summary>
public sealed class HandlerStopTests() : BrokerTest(new ScriptedBrokerOptions { CountsPutBack = false })
{
    [Fact]
    public async Task A_message_whose_handler_stops_when_it_is_asked_to_is_delivered_again_and_counts_no_return()
    {
        var stopped = Consume(WaitForStopAsync);
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        await stopped.StopAsync();
        Assert.Empty(Broker.Queue($"{Name}.parked").Ready);
        Assert.Equal(new ConsumerStatistics(1, 0, 0, 0, 0), stopped.Statistics);
        Assert.Single(Broker.Received.OfType<BasicNack>()); // from RabbitMQ 4.3 on what is put back counts against no message

        long? count = -1;
        Consume(delivery =>
        {
            count = delivery.DeliveryCount;
            return new(DeliveryResult.Ack);
        });
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Null(count);
    }

    [Fact]
    public async Task A_handler_is_asked_to_stop_before_it_is_too_late_and_its_ack_still_counts()
    {
        var wasTooLate = true;
        var consumer = Consume(
            async (delivery, tooLate) =>
            {
                await StopOf(delivery);
                wasTooLate = tooLate.IsCancellationRequested;
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        await consumer.StopAsync();
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.False(wasTooLate);
    }

    [Fact]
    public async Task A_handler_that_is_too_late_was_asked_to_stop_too()
    {
        var asked = false;
        Consume(
            async (delivery, tooLate) =>
            {
                if (!delivery.Redelivered)
                {
                    await StopOf(delivery);
                    asked = true;
                }

                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        Broker.OpenConnections[0].Disconnect();
        await Eventually.TrueAsync(() => asked);
        await AckedAsync(1);
    }

    [Fact]
    public async Task A_handler_that_gives_up_for_reasons_of_its_own_has_its_message_parked()
    {
        Consume(static _ => throw new OperationCanceledException("its own time-out"));
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Single(Broker.Queue($"{Name}.parked").Ready);
    }

    [Fact]
    public async Task A_callback_on_the_stop_that_throws_or_hangs_does_not_keep_the_consumer_from_stopping()
    {
        using var gate = new ManualResetEventSlim();
        var consumer = Consume(async delivery =>
        {
            var stop = StopOf(delivery);
            delivery.Stopping.Register(() => gate.Wait(Token));
            delivery.Stopping.Register(static () => throw new InvalidOperationException("a callback"));
            await stop;
            return DeliveryResult.Ack;
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        await consumer.StopAsync().WaitAsync(Cluster.DrainTimeout + StopBound, Token);
        gate.Set();
    }

    private static async ValueTask<DeliveryResult> WaitForStopAsync(Delivery delivery)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, delivery.Stopping);
        return DeliveryResult.Ack;
    }

    private static Task StopOf(Delivery delivery)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        delivery.Stopping.Register(stop.SetResult);
        return stop.Task;
    }
}
