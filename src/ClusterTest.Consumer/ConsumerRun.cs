using System.Globalization;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Reconnect;

namespace ClusterTest.Consumer;

/// <summary>One run of the consumer: receives messages, reports and counts them, until it is stopped or its limits are reached.</summary>
internal sealed class ConsumerRun(ConsumerOptions options, Reporter reporter, long count, TimeSpan time)
{
    private readonly Lock _lock = new();
    private readonly SequenceLedger _ledger = new();
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _received;
    private long _redelivered;
    private long _unreadable;
    private long _parked;
    private long _lastReceived;
    private TimeSpan _longestSilence;

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellationToken">Cancelled by SIGINT and SIGTERM, to end the run in order.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var running = options with { Cluster = reporter.Observe(options.Cluster, TellReady), OnParked = TellParked, OnNotParked = TellNotParked };
        var consumer = ClusterConsumer.Start(running, (delivery, _) => ReceiveAsync(delivery));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isFatal = false;
        var progress = reporter.ShowProgressAsync(Progress, over.Token);
        try
        {
            await Task.WhenAny(consumer.Completion, _enough.Task, Task.Delay(time, reporter.Time, over.Token));
            reporter.End();
            await consumer.StopAsync();
            await consumer.Completion;
            return reporter.TellUnwritten() ? ExitCode.Fatal : ExitCode.Success;
        }
        catch (ClusterException failure)
        {
            isFatal = true;
            reporter.Fatal(failure);
            return ExitCode.Fatal;
        }
        finally
        {
            await over.CancelAsync();
            await progress;
            await consumer.DisposeAsync();
            Summarize(consumer.Statistics, isFatal && _received == 0);
        }
    }

    // A message beyond the limit waits for the end of the run, and goes back then: a message that is put back at once would come again at once.
    private async ValueTask<DeliveryResult> ReceiveAsync(Delivery delivery)
    {
        if (Receive(delivery) is { } result)
        {
            return result;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, reporter.Time, delivery.Stopping);
        return DeliveryResult.Retry;
    }

    // Gives null for a message beyond the limit.
    private DeliveryResult? Receive(Delivery delivery)
    {
        // Several sessions can deliver at the same time.
        lock (_lock)
        {
            if (_received == count)
            {
                return null;
            }

            var now = reporter.Now();
            var origin = MessageOrigin.Of(delivery.Headers);
            var (run, sequence) = origin;
            if (!TestMessage.TryRead(delivery.Body.Span, out var message, out var error))
            {
                _unreadable++;
                Account(delivery, run, sequence);
                return DeliveryResult.Park($"not a test message: {error}");
            }

            var damage = message.FindDamage(origin);
            if (damage is not null)
            {
                reporter.Warn($"Received with another body than was sent: {damage} (message-id {delivery.MessageId ?? "none"})");
            }

            var received = new ReceivedEvent(delivery.MessageId, run, sequence, message.Content, message.Time, delivery.Redelivered, delivery.Session)
            {
                Timestamp = now.At,
                MonotonicMicroseconds = now.Microseconds,
                DueMicroseconds = origin.Due,
                Damage = damage,
            };
            if (!reporter.Write(received))
            {
                _enough.TrySetResult();
                return null;
            }

            Account(delivery, run, sequence);
            return DeliveryResult.Ack;
        }
    }

    private void TellParked(Delivery delivery, string reason)
    {
        var now = reporter.Now();
        _ = Interlocked.Increment(ref _parked);
        var (run, sequence) = MessageOrigin.Of(delivery.Headers);
        var parked = new ParkedEvent(delivery.MessageId, run, sequence, reason, delivery.Session)
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
        };
        if (!reporter.Write(parked))
        {
            _enough.TrySetResult();
        }

        reporter.Warn($"Moved to {options.Cluster.Topology.Queue}.parked: {reason} (message-id {delivery.MessageId ?? "none"})");
    }

    private void TellNotParked(Delivery delivery, Failure failure)
    {
        var queue = options.Cluster.Topology.Queue;
        reporter.Warn($"Not moved to {queue}.parked, stays in {queue}: {failure.Message}. {Advice.For(failure)} (message-id {delivery.MessageId ?? "none"})");
    }

    private void Account(Delivery delivery, string? run, long? sequence)
    {
        var now = reporter.Time.GetTimestamp();
        if (_received > 0 && reporter.Time.GetElapsedTime(_lastReceived, now) is var silence && silence > _longestSilence)
        {
            _longestSilence = silence;
        }

        _lastReceived = now;
        _ledger.Add(run, sequence);
        _redelivered += delivery.Redelivered ? 1 : 0;
        if (++_received == count)
        {
            _enough.TrySetResult();
        }
    }

    private void TellReady(SessionEvent change)
    {
        if (change.To != SessionState.Open)
        {
            return;
        }

        var at = reporter.MomentOf(change);
        var ready = new ReadyEvent(change.Session, change.Generation, change.Endpoint.ToString())
        {
            Timestamp = at.At,
            MonotonicMicroseconds = at.Microseconds,
        };
        if (!reporter.Write(ready))
        {
            _enough.TrySetResult();
        }
    }

    private string Progress() => string.Create(
        CultureInfo.InvariantCulture,
        $"received {_received}  duplicates {_ledger.Duplicates}  out of order {_ledger.OutOfOrder}  outages {reporter.Outages}  {reporter.State}");

    private void Summarize(ConsumerStatistics statistics, bool isEventOnly)
    {
        var now = reporter.Now();
        var summary = new ConsumerSummaryEvent(
            _received,
            _ledger.Distinct,
            _ledger.Duplicates,
            _ledger.OutOfOrder,
            _redelivered,
            Volatile.Read(ref _parked),
            statistics.StaleAcks,
            reporter.Outages,
            _longestSilence)
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
            Unreadable = _unreadable,
        };
        if (isEventOnly)
        {
            reporter.Write(summary);
            return;
        }

        reporter.Summarize(
            summary,
            "Received {Received:l}: {Distinct} distinct, {Duplicates:l}, {OutOfOrder} out of order, {Parked} parked; "
                + "{Outages:l}, longest silence {SilenceMs:0} ms",
            Reporter.Count(_received, "message"),
            _ledger.Distinct,
            Reporter.Count(_ledger.Duplicates, "duplicate"),
            _ledger.OutOfOrder,
            statistics.Parked,
            Reporter.Count(reporter.Outages, "outage"),
            _longestSilence.TotalMilliseconds);
    }
}
