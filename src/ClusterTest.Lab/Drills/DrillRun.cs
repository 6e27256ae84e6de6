using System.Globalization;
using ClusterTest.Cli;
using ClusterTest.Cli.Events;
using ClusterTest.Lab.Clusters;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Drills;

/// <summary>One run of a plan: both programs, the faults, and at the end every message that is still somewhere.</summary>
internal sealed partial class DrillRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // The producer waits for its last confirms, the consumer for its last acks.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
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
    private readonly List<EventProgram> _programs = [];
    private readonly List<EventProgram> _running = [];
    private bool _isHealed;
    private long? _drained;

    /// <summary>Nothing is started yet.</summary>
    internal DrillRun(IDrillTarget target, DrillOptions options, Variant variant, string evidence, DrillProgress progress, TimeProvider time)
    {
        (_target, _options, _variant, _progress, _time) = (target, options, variant, progress, time);
        _recorder = new Recorder(evidence, progress.Observe);
        _faults = new FaultRunner(target, _names, options.FaultTimeout, _recorder, time);
    }

    private Score Score => _progress.Scoreboard.Read();

    // A tenth of a second of traffic, so that one late message does not pass for a flow.
    private int MessagesOfAFlow => Math.Max(5, (int)(_options.Rate / 10));

    /// <summary>Runs it to the end. However it ends, the cluster is healed, nothing of the run is left on it, and the evidence tells what went wrong.</summary>
    /// <param name="environment">What it runs on.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="breakAsync">Does what there is to do while messages flow.</param>
    /// <param name="isEndedByUser">The token ends only the breaking, and the rest goes on to the verdict.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    internal async Task RunAsync(
        DrillEnvironment environment, DrillSettings settings, Func<DrillRun, Task> breakAsync, bool isEndedByUser, CancellationToken cancellationToken)
    {
        var now = Moment.Now(_time);
        Record(new DrillStartedEvent(_options.Kind, _variant.Name, MachineClock.Id, _names.Queue, _names.ParkedQueue, environment, settings) { Timestamp = now.Timestamp, MonotonicMicroseconds = now.Microseconds });
        try
        {
            var (consumer, producer) = await BeginAsync(cancellationToken);
            await breakAsync(this);
            var ending = isEndedByUser ? CancellationToken.None : cancellationToken;
            await HealEverythingAsync(ending);
            await EndAsync(consumer, producer, ending);
        }
        catch (LabException failure)
        {
            Tell(ProblemKind.Invalid, failure.Message);
        }
        catch (Exception exception)
        {
            // Interrupted, or the disk is full: the cluster is left whole all the same.
            Tell(ProblemKind.Interrupted, cancellationToken.IsCancellationRequested ? "It was interrupted." : $"It broke off: {exception.Message}");
            if (await CleanUpAsync() is { } leftover)
            {
                throw new LabException($"Ended early, and not all was undone. {leftover}", exception);
            }

            throw;
        }

        _ = await CleanUpAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndProgramsAsync();
        _recorder.Dispose();
    }

    private TimeSpan TimeToFlow(TimeSpan patience) => patience + TimeSpan.FromSeconds(2 * MessagesOfAFlow / _options.Rate);

    private async Task<(EventProgram Consumer, EventProgram Producer)> BeginAsync(CancellationToken cancellationToken)
    {
        _progress.Enter(string.Create(CultureInfo.InvariantCulture, $"Starting a consumer and a producer on {_target.Address}, {_options.Rate:0.##} messages a second"));
        var consumer = Start("ClusterTest.Consumer", "cluster-test-consumer", Source.Consumer, ["--client-name", _names.Consumer]);
        await RequireAsync(score => score.Ready >= _variant.Sessions, "The consumer is not ready", cancellationToken);
        var producer = Start(
            "ClusterTest.Producer",
            "cluster-test-producer",
            Source.Producer,
            ["--client-name", _names.Producer, "--rate", _options.Rate.ToString(CultureInfo.InvariantCulture), "--retry-for", "24h"]);
        var before = Score;
        await RequireAsync(score => score.FlowsSince(before, MessagesOfAFlow), "No messages flow", cancellationToken);
        return (consumer, producer);
    }

    private async Task HealEverythingAsync(CancellationToken cancellationToken)
    {
        _progress.Enter("Healing everything");
        await BoundedAsync("heal the cluster", _target.HealAsync, cancellationToken);
        _isHealed = true;
    }

    /// <summary>Lets everything that was published arrive, wherever it is. What does not is for the verdict to name.</summary>
    private async Task EndAsync(EventProgram consumer, EventProgram producer, CancellationToken cancellationToken)
    {
        RequirePrograms();
        _progress.Enter("Stopping the producer, which waits for its last confirms");
        await StopAsync(producer, mayBeUnconfirmed: true, cancellationToken);
        _progress.Enter("Waiting for the last messages");
        var began = _time.GetTimestamp();
        _ = await WaitAsync(score => score.Outstanding is 0 || (score.Silence > DrainPatience && _time.GetElapsedTime(began) > DrainPatience), LongestDrain, cancellationToken);
        await StopAsync(consumer, mayBeUnconfirmed: false, cancellationToken);
        await DrainAsync(cancellationToken);
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
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
                token),
            cancellationToken);
        _drained = count;
    }

    /// <summary>
    /// Heals the cluster, ends the programs, and empties and removes the queues, as far as that has not been done; each whatever becomes of
    /// the others. With that the evidence is complete.
    /// </summary>
    /// <returns>What could not be done; null if all was.</returns>
    private async Task<string?> CleanUpAsync()
    {
        List<string?> failures = [_isHealed ? null : await TryAsync(() => HealEverythingAsync(CancellationToken.None))];
        await EndProgramsAsync();
        failures.Add(_drained is not null ? null : await TryAsync(() => DrainAsync(CancellationToken.None)));
        var known = failures.OfType<string>().ToList();
        foreach (var failure in known)
        {
            Tell(ProblemKind.Invalid, failure);
        }

        var now = Moment.Now(_time);
        Record(new DrillEndedEvent(_faults.Steps, _drained) { Timestamp = now.Timestamp, MonotonicMicroseconds = now.Microseconds });
        return known.Count > 0 ? string.Join(' ', known) : null;
    }

    private void Tell(string kind, string problem)
    {
        var now = Moment.Now(_time);
        Record(new ProblemEvent(kind, problem) { Timestamp = now.Timestamp, MonotonicMicroseconds = now.Microseconds });
    }

    private void Record(ResultEvent written) => _recorder.Write(Source.Lab, written);

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

    private async Task BoundedAsync(string what, Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CleanUpTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await step(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"It took longer than {CleanUpTimeout.TotalMinutes:0} minutes to {what}.");
        }
    }

    private EventProgram Start(string project, string name, string source, IEnumerable<string> more)
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
        var program = EventProgram.Start(LabPrograms.Find(project, name), arguments, _target.ProgramEnvironment, written => _recorder.Write(source, written), _time);
        _programs.Add(program);
        _running.Add(program);
        return program;
    }

    private async Task StopAsync(EventProgram program, bool mayBeUnconfirmed, CancellationToken cancellationToken)
    {
        _ = _running.Remove(program);
        // 2 says that messages were not confirmed; the events say which.
        var exitCode = await program.StopAsync(StopTimeout, cancellationToken);
        if (exitCode is not Cli.ExitCode.Success && !(mayBeUnconfirmed && exitCode is Cli.ExitCode.Fatal))
        {
            throw new LabException($"{program.Name} ended with {exitCode}.{program.LastWords()}");
        }
    }

    private async Task EndProgramsAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }

        _programs.Clear();
        _running.Clear();
    }

    private void RequirePrograms()
    {
        if (_running.Find(static program => program.HasEnded) is { } dead)
        {
            throw new LabException($"{dead.Name} ended by itself.{dead.LastWords()}");
        }
    }

    private async Task RequireAsync(Func<Score, bool> condition, string otherwise, CancellationToken cancellationToken)
    {
        if (!await WaitAsync(condition, TimeToFlow(Patience), cancellationToken))
        {
            throw new LabException($"{otherwise} after {TimeToFlow(Patience).TotalSeconds:0} s.{string.Concat(_programs.Select(static program => program.LastWords()))}");
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
