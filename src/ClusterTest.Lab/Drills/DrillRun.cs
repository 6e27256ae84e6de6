using System.Globalization;
using System.Runtime.ExceptionServices;
using ClusterTest.Events;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Drills;

/// <summary>One run of a plan: both programs, the faults, and at the end every message that is still somewhere.</summary>
internal sealed partial class DrillRun : IAsyncDisposable
{
    private const string Interrupted = "It was interrupted.";

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CleanUpTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly DrillNames _names = new();
    private readonly IDrillTarget _target;
    private readonly DrillOptions _options;
    private readonly Variant _variant;
    private readonly DrillProgress _progress;
    private readonly TimeProvider _time;
    private readonly Recorder _recorder;
    private readonly FaultRunner _faults;
    private readonly List<EventProgram> _running = [];
    private EventProgram? _consumer;
    private EventProgram? _producer;
    private long? _drained;

    /// <summary>Nothing is started yet.</summary>
    internal DrillRun(IDrillTarget target, DrillOptions options, Variant variant, string evidence, DrillProgress progress, TimeProvider time)
    {
        (_target, _options, _variant, _progress, _time) = (target, options, variant, progress, time);
        _recorder = new Recorder(evidence, progress.Observe, time);
        _faults = new FaultRunner(target, _names, options.FaultTimeout, _recorder, time);
    }

    private Score Score => _progress.Scoreboard.Read();

    // A tenth of a second of traffic, so that one late message does not pass for a flow.
    private int MessagesOfAFlow => Math.Max(5, (int)(_options.Rate / 10));

    /// <summary>
    /// Runs it to the end. However it comes to that, the end is the same: the cluster is healed, the programs end in order, one after the
    /// other, the queues are emptied and removed, and the evidence tells what went wrong.
    /// </summary>
    /// <param name="environment">What it runs on.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="breakAsync">Does what there is to do while messages flow.</param>
    /// <param name="isEndedByUser">The token ends the breaking, as it is meant to end.</param>
    /// <param name="cancellationToken">Ends the breaking early. The end itself is as it always is.</param>
    internal async Task RunAsync(
        DrillEnvironment environment, DrillSettings settings, Func<DrillRun, Task> breakAsync, bool isEndedByUser, CancellationToken cancellationToken)
    {
        var now = Moment.Now(_time);
        Record(new DrillStartedEvent(_options.Kind, _variant.Name, MachineClock.Id, _names.Queue, _names.ParkedQueue, environment, settings) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds });
        await using var interrupted = isEndedByUser ? default : cancellationToken.Register(
            () => _progress.Enter("Interrupted. What is under way is waited for, then everything is healed; another Ctrl-C does not end that"));
        var brokenOff = await TryAsync(
            async () =>
            {
                await BeginAsync(cancellationToken);
                await breakAsync(this);
                RequirePrograms();
            },
            cancellationToken);
        var failures = await EndAsync();
        if (brokenOff is null && !isEndedByUser && cancellationToken.IsCancellationRequested)
        {
            Tell(ProblemKind.Interrupted, Interrupted);
            brokenOff = ExceptionDispatchInfo.Capture(new OperationCanceledException(cancellationToken));
        }

        foreach (var failure in failures)
        {
            Tell(ProblemKind.Invalid, failure);
        }

        now = Moment.Now(_time);
        Record(new DrillEndedEvent(_faults.Steps, _drained) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds });
        if (brokenOff is { SourceException: not OperationCanceledException } && failures.Count > 0)
        {
            throw new LabException($"Ended early, and not all was undone. {string.Join(' ', failures)}", brokenOff.SourceException);
        }

        brokenOff?.Throw();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_producer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_consumer?.DisposeAsync() ?? ValueTask.CompletedTask);
        _recorder.Dispose();
    }

    private TimeSpan TimeToFlow(TimeSpan patience) => patience + TimeSpan.FromSeconds(2 * MessagesOfAFlow / _options.Rate);

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _progress.Enter(string.Create(CultureInfo.InvariantCulture, $"Starting a consumer and a producer on {_target.Address}, {_options.Rate:0.##} messages a second"));
        _consumer = await StartAsync("ClusterTest.Consumer", "cluster-test-consumer", EventWriter.Consumer, ["--client-name", _names.Consumer], cancellationToken);
        await RequireAsync(score => score.Ready >= _variant.Sessions, "The consumer is not ready", cancellationToken);
        _producer = await StartAsync(
            "ClusterTest.Producer",
            "cluster-test-producer",
            EventWriter.Producer,
            ["--client-name", _names.Producer, "--rate", _options.Rate.ToString(CultureInfo.InvariantCulture), "--retry-for", "24h"],
            cancellationToken);
        _progress.Scoreboard.CountFlow();
        await RequireAsync(score => score.Flows(MessagesOfAFlow), "No messages flow", cancellationToken);
    }

    /// <summary>Does what there is to do, and records how that failed; what was interrupted or broke off has to be thrown once all is undone.</summary>
    private async Task<ExceptionDispatchInfo?> TryAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run();
            return null;
        }
        catch (LabException failure)
        {
            Tell(ProblemKind.Invalid, failure.Message);
            return null;
        }
#pragma warning disable CA1031 // It is thrown again, once all is undone.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The disk may be full: the cluster is healed all the same.
            _ = await TryAsync(() =>
            {
                Tell(ProblemKind.Interrupted, cancellationToken.IsCancellationRequested ? Interrupted : $"It broke off: {exception.Message}");
                return Task.CompletedTask;
            });
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>
    /// Heals the cluster, since only a whole one can hand out what was published; ends the producer, which waits for its last confirms; lets
    /// everything arrive, wherever it is; ends the consumer, and empties and removes the queues. Each step is done whatever becomes of the others.
    /// </summary>
    /// <returns>What could not be done.</returns>
    private async Task<List<string>> EndAsync()
    {
        List<string?> failures =
        [
            await TryAsync(HealEverythingAsync),
            await TryAsync(() => StopAsync(_producer, "Stopping the producer, which waits for its last confirms", mayBeUnconfirmed: true)),
            await TryAsync(WaitForTheLastAsync),
            await TryAsync(() => StopAsync(_consumer, "Stopping the consumer, which waits for its last acks", mayBeUnconfirmed: false)),
            await TryAsync(DrainAsync),
        ];
        return [.. failures.OfType<string>()];
    }

    private Task HealEverythingAsync()
    {
        _progress.Enter("Healing everything");
        return BoundedAsync("heal the cluster", _target.HealAsync);
    }

    // What does not arrive is for the verdict to name.
    private async Task WaitForTheLastAsync()
    {
        if (_consumer is not { HasEnded: false })
        {
            return;
        }

        _progress.Enter("Waiting for the last messages");
        var began = _time.GetTimestamp();
        _ = await WaitAsync(score => score.Outstanding is 0 || (score.Silence > DrainPatience && _time.GetElapsedTime(began) > DrainPatience), LongestDrain, CancellationToken.None);
    }

    private async Task DrainAsync()
    {
        _progress.Enter("Looking for messages left in any queue on any node");
        var count = 0L;
        await BoundedAsync(
            "empty the queues",
            token => _target.DrainAsync(
                _names,
                found =>
                {
                    count++;
                    Record(found);
                },
                token));
        _drained = count;
    }

    private void Tell(string kind, string problem)
    {
        var now = Moment.Now(_time);
        Record(new ProblemEvent(kind, problem) { Timestamp = now.At, MonotonicMicroseconds = now.Microseconds });
    }

    private void Record(ResultEvent written) => _recorder.Write(EventWriter.Lab, written);

    private static async Task<string?> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception failure) when (failure is LabException or IOException)
        {
            return failure.Message;
        }
    }

    private async Task BoundedAsync(string what, Func<CancellationToken, Task> step)
    {
        // As much as each node may take for itself, should that be more.
        var each = Math.Max(1, _target.Nodes.Count) * _options.FaultTimeout;
        var most = each > CleanUpTimeout ? each : CleanUpTimeout;
        using var limit = new CancellationTokenSource(most, _time);
        try
        {
            await step(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new LabException($"It took longer than {Duration.Format(most)} to {what}.");
        }
    }

    private async Task<EventProgram> StartAsync(string project, string name, string source, IEnumerable<string> more, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--output", "json",
            "--exchange", _names.Queue,
            "--queue", _names.Queue,
            "--routing-key", _names.Queue,
            "--queue-type", _variant.QueueType is QueueType.Classic ? "classic" : "quorum",
            "--sessions", _variant.Sessions.ToString(CultureInfo.InvariantCulture),
            .. _target.ProgramArguments,
            .. more,
        ];
        var environment = await _target.FindEnvironmentAsync(source, cancellationToken);
        var program = EventProgram.Start(LabPrograms.Find(project, name), arguments, environment, written => _recorder.Write(source, written), _time);
        _running.Add(program);
        return program;
    }

    private async Task StopAsync(EventProgram? program, string phase, bool mayBeUnconfirmed)
    {
        if (program is null)
        {
            return;
        }

        _progress.Enter(phase);
        var ended = program.HasEnded;
        _ = _running.Remove(program);

        // 2 says that messages were not confirmed; the events say which.
        var exitCode = await program.StopAsync();
        if (ended)
        {
            throw new LabException(EndedByItself(program));
        }

        if (exitCode is not Cli.ExitCode.Success && !(mayBeUnconfirmed && exitCode is Cli.ExitCode.Fatal))
        {
            throw new LabException($"{program.Name} ended with {exitCode}.{program.LastWords()}");
        }
    }

    private static string EndedByItself(EventProgram program) => $"{program.Name} ended by itself.{program.LastWords()}";

    private void RequirePrograms()
    {
        if (_running.Find(static program => program.HasEnded) is { } dead)
        {
            throw new LabException(EndedByItself(dead));
        }
    }

    private async Task RequireAsync(Func<Score, bool> condition, string otherwise, CancellationToken cancellationToken)
    {
        if (!await WaitAsync(condition, TimeToFlow(StartPatience), cancellationToken))
        {
            throw new LabException($"{otherwise} after {TimeToFlow(StartPatience).TotalSeconds:0} s.{_consumer?.LastWords()}{_producer?.LastWords()}");
        }
    }

    /// <summary>Waits until messages stand as wished.</summary>
    /// <returns>Whether they did in time.</returns>
    /// <exception cref="LabException">A program ended.</exception>
    private async Task<bool> WaitAsync(Func<Score, bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (!condition(Score))
        {
            if (timeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(began) > timeout)
            {
                return false;
            }

            RequirePrograms();
            await Task.Delay(PollInterval, _time, cancellationToken);
        }

        return true;
    }
}
