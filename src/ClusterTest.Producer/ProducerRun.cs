using System.Globalization;
using System.Threading.Channels;
using ClusterTest.Cli;
using ClusterTest.Cli.Events;
using ClusterTest.Reconnect;

namespace ClusterTest.Producer;

/// <summary>One run of the producer: sends what the plan says and tells, in order, what became of each message.</summary>
internal sealed class ProducerRun(ProducerOptions options, StreamPlan plan, Reporter reporter)
{
    private readonly string _run = Guid.CreateVersion7().ToString();
    private readonly LatencyRecorder _latencies = new();
    private readonly Dictionary<PublishOutcome, long> _outcomes = [];
    private readonly List<PublishResult> _unconfirmed = [];
    private readonly TaskCompletionSource _unread = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<Publish> _publishes = Channel.CreateUnbounded<Publish>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellationToken">Cancelled by SIGINT and SIGTERM: ends the run in order.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var producer = ClusterProducer.Start(options with { Cluster = reporter.Observe(options.Cluster) });
        var started = reporter.Time.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = reporter.ShowProgressAsync(() => Progress(producer.Statistics, started), over.Token);
        var telling = TellAsync();
        try
        {
            await SendAsync(producer, cancellationToken);
            _publishes.Writer.Complete();
            await Task.WhenAny(telling, producer.Completion, Task.Delay(Timeout.InfiniteTimeSpan, reporter.Time, cancellationToken));
            if (producer.Statistics.Unresolved is > 0 and var unresolved && !producer.Completion.IsCompleted)
            {
                reporter.Inform($"Stopping: waiting up to {Duration.Format(options.Cluster.DrainTimeout)} for the confirms of {Reporter.Count(unresolved, "message")}");
            }

            await producer.StopAsync();
            await telling;
            await producer.Completion;
            return !reporter.TellUnwritten() && _outcomes.Keys.All(static outcome => outcome == PublishOutcome.Confirmed) ? ExitCode.Success : ExitCode.Fatal;
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
        try
        {
            for (var sequence = 1L; sequence <= plan.Count; sequence++)
            {
                await pacer.WaitAsync(either.Token);
                await producer.WaitToPublishAsync(either.Token);
                var next = NextContentAsync(either.Token);
                await Task.WhenAny(next, ended);
                if (ended.IsCompleted || await next is not { } content)
                {
                    return;
                }

                var now = reporter.Time.GetUtcNow();
                await _publishes.Writer.WriteAsync(new Publish(sequence, now, producer.PublishAsync(MessageOf(sequence, content, now), CancellationToken.None)), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The time is over, or the user wants it to be.
        }
        catch (ObjectDisposedException) when (producer.Completion.IsCompleted)
        {
            // The producer gave up between the check and the publish; its completion tells why.
        }
    }

    // A read of standard input cannot be cancelled: it is left behind.
    private async Task<string?> NextContentAsync(CancellationToken cancellationToken) =>
        plan.FromStandardInput ? await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken) : plan.Content;

    // A message that is sent alone is the one that everybody knows; those of a stream are accounted for, each by its body.
    private OutgoingMessage MessageOf(long sequence, string content, DateTimeOffset now) => new()
    {
        Body = (new TestMessage(content, now.ToUnixTimeMilliseconds() / 1000d) is var message && plan.IsSingle ? message : message.Sealed(_run, sequence)).ToBody(plan.Size),
        ContentType = TestMessage.ContentType,
        Headers = new Dictionary<string, object?> { [TestMessage.RunHeader] = _run, [TestMessage.SequenceHeader] = sequence },
    };

    private async Task TellAsync()
    {
        await foreach (var publish in _publishes.Reader.ReadAllAsync())
        {
            var result = await publish.Result;
            _outcomes[result.Outcome] = _outcomes.GetValueOrDefault(result.Outcome) + 1;
            if (result.IsConfirmed)
            {
                _latencies.Record(result.Latency);
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
        var at = ResultEvent.Format(publish.Started + result.Latency);
        var latency = Math.Round(result.Latency.TotalMilliseconds, 3);
        return result.Outcome switch
        {
            PublishOutcome.Confirmed => new SentEvent(result.MessageId, _run, publish.Sequence, latency, result.Attempts) { Timestamp = at },
            PublishOutcome.Returned or PublishOutcome.Nacked or PublishOutcome.Refused => new ReturnedEvent(result.MessageId, _run, publish.Sequence, result.Attempts) { Timestamp = at, LatencyMilliseconds = latency, Reason = result.Reason },
            PublishOutcome.NotSent => new NotSentEvent(result.MessageId, _run, publish.Sequence) { Timestamp = at, LatencyMilliseconds = latency },
            _ => new UnknownEvent(result.MessageId, _run, publish.Sequence, result.Attempts) { Timestamp = at, LatencyMilliseconds = latency },
        };
    }

    private void TellUnconfirmed()
    {
        foreach (var messages in _unconfirmed.GroupBy(static message => (message.Outcome, message.Reason), static message => message.MessageId))
        {
            var meaning = messages.Key.Outcome switch
            {
                PublishOutcome.Returned or PublishOutcome.Nacked or PublishOutcome.Refused => $"in no queue ({messages.Key.Reason})",
                PublishOutcome.NotSent => "not sent (in no queue)",
                _ => "unknown (written but not confirmed: perhaps in the queue)",
            };
            reporter.Warn($"{Reporter.Count(messages.Count(), "message")} {meaning}: {string.Join(", ", messages)}");
        }
    }

    private string Progress(ProducerStatistics statistics, long started) => string.Create(
        CultureInfo.InvariantCulture,
        $"sent {statistics.Accepted}  confirmed {statistics.Confirmed}  in flight {statistics.InFlight}  {statistics.Confirmed / reporter.Time.GetElapsedTime(started).TotalSeconds:0.0}/s  {reporter.State}");

    private void Summarize(ProducerStatistics statistics, TimeSpan elapsed)
    {
        var confirmed = _outcomes.GetValueOrDefault(PublishOutcome.Confirmed);
        var unknown = _outcomes.GetValueOrDefault(PublishOutcome.Unknown);
        var returned = _outcomes.GetValueOrDefault(PublishOutcome.Returned) + _outcomes.GetValueOrDefault(PublishOutcome.Nacked) + _outcomes.GetValueOrDefault(PublishOutcome.Refused);
        var notSent = _outcomes.GetValueOrDefault(PublishOutcome.NotSent);
        var latency = _latencies.Summarize();
        var rate = Math.Round(confirmed / elapsed.TotalSeconds, 1);
        var summary = new ProducerSummaryEvent(_run, confirmed, unknown, returned, notSent, statistics.Republished, reporter.Outages, Math.Round(elapsed.TotalSeconds, 3), rate, latency) { Timestamp = reporter.Now() };
        if (plan.IsSingle || (confirmed == 0 && _unconfirmed.Count == 0))
        {
            reporter.Write(summary);
            return;
        }

        reporter.Summarize(
            summary,
            "Confirmed {Confirmed}, unknown {Unknown}, returned {Returned}, not sent {NotSent}, republished {Republished}; {Rate:0.0} messages/s{Latency:l}",
            confirmed,
            unknown,
            returned,
            notSent,
            statistics.Republished,
            rate,
            latency is null ? "" : $"; confirm latency {latency}");
    }

    private readonly record struct Publish(long Sequence, DateTimeOffset Started, Task<PublishResult> Result);
}
