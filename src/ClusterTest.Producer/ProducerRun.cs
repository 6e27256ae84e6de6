using System.Globalization;
using System.Threading.Channels;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Reconnect;

namespace ClusterTest.Producer;

/// <summary>One run of the producer: sends the messages of the plan, and reports their results in the same order.</summary>
internal sealed class ProducerRun(ProducerOptions options, StreamPlan plan, Reporter reporter)
{
    // A line with this many ids has about 800 characters, which a log takes in one piece.
    private const int IdsPerLine = 20;

    private readonly string _run = Guid.CreateVersion7().ToString();
    private readonly LatencyRecorder _latencies = new();
    private readonly Dictionary<PublishOutcome, long> _outcomes = [];
    private readonly List<PublishResult> _unconfirmed = [];
    private readonly List<Omission> _omissions = [];
    private readonly TaskCompletionSource _unread = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<Publish> _publishes = Channel.CreateUnbounded<Publish>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellationToken">Cancelled by SIGINT and SIGTERM, to end the run in order.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var producer = ClusterProducer.Start(options with { Cluster = reporter.Observe(options.Cluster) });
        var started = reporter.Time.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = reporter.ShowProgressAsync(() => Progress(producer.Statistics, started), over.Token);
        var telling = TellAsync();
        await using var end = reporter.Time.CreateTimer(_ => reporter.End(), null, plan.Time, Timeout.InfiniteTimeSpan);
        try
        {
            await SendAsync(producer, cancellationToken);
            _publishes.Writer.Complete();
            await Task.WhenAny(telling, producer.Completion, Task.Delay(Timeout.InfiniteTimeSpan, reporter.Time, cancellationToken));
            reporter.End();
            if (producer.Statistics.Unresolved is > 0 and var unresolved && !producer.Completion.IsCompleted)
            {
                var limit = Duration.Format(options.Cluster.DrainTimeout);
                reporter.Inform($"Stopping: waiting up to {limit} for the confirms of {Reporter.Count(unresolved, "message")}");
            }

            await producer.StopAsync();
            await telling;
            await producer.Completion;
            return !reporter.TellUnwritten() && _outcomes.Keys.All(static outcome => outcome == PublishOutcome.Confirmed)
                ? ExitCode.Success
                : ExitCode.Fatal;
        }
        catch (ClusterException failure)
        {
            reporter.Fatal(failure);
            return ExitCode.Fatal;
        }
        finally
        {
            await over.CancelAsync();
            await progress;
            await producer.DisposeAsync();
            TellUnconfirmed();
            Summarize(producer.Statistics, reporter.Time.GetElapsedTime(started));
        }
    }

    private async Task SendAsync(ClusterProducer producer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(plan.Time, reporter.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var ended = Task.WhenAny(producer.Completion, _unread.Task);
        var pacer = new Pacer(plan.Rate, reporter.Time);
        var isWaiting = false;
        try
        {
            for (var sequence = 1L; sequence <= plan.Count; sequence++)
            {
                TellOmitted(await pacer.WaitAsync(either.Token));
                isWaiting = true;
                await producer.WaitToPublishAsync(either.Token);
                var next = NextContentAsync(either.Token);
                await Task.WhenAny(next, ended);
                if (ended.IsCompleted || await next is not { } content)
                {
                    return;
                }

                var timestamp = reporter.Time.GetTimestamp();
                var now = Moment.Of(reporter.Time.GetUtcNow(), timestamp, reporter.Time);
                var lag = plan.HasSchedule ? pacer.LagAt(timestamp) : TimeSpan.Zero; // by the same timestamp: now minus lag is when the message was due
                var result = producer.PublishAsync(MessageOf(sequence, content, now, lag), CancellationToken.None);
                await _publishes.Writer.WriteAsync(new Publish(sequence, now, lag, result), CancellationToken.None);
                isWaiting = false;
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The time is over, or the user stops the run.
        }
        catch (ObjectDisposedException) when (producer.Completion.IsCompleted)
        {
            // The producer gave up between the check and the publish; its completion has the reason.
        }
        finally
        {
            TellOmitted(isWaiting ? pacer.End() : null);
        }
    }

    private void TellOmitted(Omission? omission)
    {
        if (omission is null || !plan.HasSchedule)
        {
            return;
        }

        _omissions.Add(omission);
        var now = reporter.Now();
        var told = new OmittedEvent(_run, omission.Count, omission.FirstLag, omission.LastLag) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds };
        if (!reporter.Write(told))
        {
            _unread.TrySetResult();
        }
    }

    // A read of standard input cannot be cancelled: at a cancellation it is abandoned.
    private async Task<string?> NextContentAsync(CancellationToken cancellationToken) =>
        plan.FromStandardInput ? await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken) : plan.Content;

    private OutgoingMessage MessageOf(long sequence, string content, Moment now, TimeSpan lag)
    {
        var message = new TestMessage(content, now.At.ToUnixTimeMilliseconds() / 1000d);
        var headers = new Dictionary<string, object?> { [TestMessage.RunHeader] = _run, [TestMessage.SequenceHeader] = sequence };
        if (now.After(-lag).Microseconds is { } due)
        {
            headers[TestMessage.DueHeader] = due;
        }

        return new OutgoingMessage
        {
            // A single message has the plain body that other programs know. The messages of a stream are counted, so each body identifies its message.
            Body = (plan.IsSingle ? message : message.Sealed(_run, sequence)).ToBody(plan.Size),
            ContentType = TestMessage.ContentType,
            Headers = headers,
        };
    }

    private async Task TellAsync()
    {
        await foreach (var publish in _publishes.Reader.ReadAllAsync())
        {
            var result = await publish.Result;
            _outcomes[result.Outcome] = _outcomes.GetValueOrDefault(result.Outcome) + 1;
            if (result.IsConfirmed)
            {
                _latencies.Record(publish.Lag + result.Latency);
            }
            else
            {
                _unconfirmed.Add(result);
            }

            if (!reporter.Write(EventOf(publish, result)))
            {
                _unread.TrySetResult();
            }
        }
    }

    private ResultEvent EventOf(Publish publish, PublishResult result)
    {
        var at = publish.Started.After(result.Latency);
        var (time, mono, latency) = (at.At, at.Microseconds, result.Latency);
        TimeSpan? lag = publish.Lag > TimeSpan.Zero ? publish.Lag : null;
        return result.Outcome switch
        {
            PublishOutcome.Confirmed => new SentEvent(result.MessageId, _run, publish.Sequence, latency, result.Attempts)
            {
                Timestamp = time,
                MonotonicMicroseconds = mono,
                Lag = lag,
            },
            PublishOutcome.Returned or PublishOutcome.Nacked or PublishOutcome.Refused
                => new ReturnedEvent(result.MessageId, _run, publish.Sequence, result.Attempts)
                {
                    Timestamp = time,
                    MonotonicMicroseconds = mono,
                    Latency = latency,
                    Lag = lag,
                    Reason = result.Reason,
                },
            PublishOutcome.NotSent => new NotSentEvent(result.MessageId, _run, publish.Sequence)
            {
                Timestamp = time,
                MonotonicMicroseconds = mono,
                Latency = latency,
                Lag = lag,
            },
            _ => new UnknownEvent(result.MessageId, _run, publish.Sequence, result.Attempts)
            {
                Timestamp = time,
                MonotonicMicroseconds = mono,
                Latency = latency,
                Lag = lag,
            },
        };
    }

    private void TellUnconfirmed()
    {
        foreach (var messages in _unconfirmed.GroupBy(static message => (message.Outcome, message.Reason), static message => message.MessageId))
        {
            var meaning = messages.Key.Outcome switch
            {
                PublishOutcome.Returned or PublishOutcome.Nacked or PublishOutcome.Refused
                    => $"in no queue ({messages.Key.Reason}); send again when the cause is fixed",
                PublishOutcome.NotSent => "not sent (in no queue); send again",
                _ => "unknown (written but not confirmed: perhaps in the queue); look into the queue before you send again",
            };
            foreach (var ids in messages.Chunk(IdsPerLine))
            {
                reporter.Warn($"{Reporter.Count(ids.Length, "message")} {meaning}: {string.Join(", ", ids)}");
            }
        }
    }

    private string Progress(ProducerStatistics statistics, long started)
    {
        var rate = statistics.Confirmed / reporter.Time.GetElapsedTime(started).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"sent {statistics.Accepted}  confirmed {statistics.Confirmed}  in flight {statistics.InFlight}  {rate:0.0}/s  {reporter.State}");
    }

    private void Summarize(ProducerStatistics statistics, TimeSpan elapsed)
    {
        var confirmed = _outcomes.GetValueOrDefault(PublishOutcome.Confirmed);
        var unknown = _outcomes.GetValueOrDefault(PublishOutcome.Unknown);
        var returned = _outcomes.GetValueOrDefault(PublishOutcome.Returned)
            + _outcomes.GetValueOrDefault(PublishOutcome.Nacked)
            + _outcomes.GetValueOrDefault(PublishOutcome.Refused);
        var notSent = _outcomes.GetValueOrDefault(PublishOutcome.NotSent);
        foreach (var omission in _omissions)
        {
            _latencies.RecordSpread(omission.FirstLag, omission.LastLag, omission.Count);
        }

        var omitted = _omissions.Sum(static omission => omission.Count);
        var latency = _latencies.Summarize();
        var rate = Math.Round(confirmed / elapsed.TotalSeconds, 1);
        var now = reporter.Now();
        var summary = new ProducerSummaryEvent(
            _run,
            confirmed,
            unknown,
            returned,
            notSent,
            statistics.Republished,
            reporter.Outages,
            Math.Round(elapsed.TotalSeconds, 3),
            rate,
            latency)
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
            Omitted = omitted,
        };
        if (plan.IsSingle || (confirmed == 0 && _unconfirmed.Count == 0))
        {
            reporter.Write(summary);
            return;
        }

        reporter.Summarize(
            summary,
            "Confirmed {Confirmed}, unknown {Unknown}, returned {Returned}, not sent {NotSent}, republished {Republished}; "
                + "{Rate:0.0} messages/s{Omitted:l}{Latency:l}",
            confirmed,
            unknown,
            returned,
            notSent,
            statistics.Republished,
            rate,
            omitted is 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {omitted} due and never published"),
            latency is null ? "" : $"; confirm latency {latency}");
    }

    private readonly record struct Publish(long Sequence, Moment Started, TimeSpan Lag, Task<PublishResult> Result);
}
