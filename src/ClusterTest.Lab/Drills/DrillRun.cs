using System.Globalization;
using System.Runtime.ExceptionServices;
using ClusterTest.Events;
using ClusterTest.Lab.Machine;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Drills;

/// <summary>One run of a plan: it runs both programs and the faults, and at the end collects every message that is left in a queue.</summary>
internal sealed partial class DrillRun : IAsyncDisposable
{
    private const string Interrupted = "It was interrupted.";

    private static readonly TimeSpan SilenceBeforeDrain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWaitBeforeDrain = TimeSpan.FromMinutes(10);
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

    /// <summary>Makes a run. Starts nothing.</summary>
    internal DrillRun(IDrillTarget target, DrillOptions options, Variant variant, string evidence, DrillProgress progress, TimeProvider time)
    {
        (_target, _options, _variant, _progress, _time) = (target, options, variant, progress, time);
        _recorder = new Recorder(evidence, progress.Observe, time);
        _faults = new FaultRunner(target, _names, options.FaultTimeout, _recorder, time);
    }

    private Score Score => _progress.Scoreboard.Read();

    // The messages of a tenth of a second, at least five: a few late messages must not count as a flow.
    private int MessagesOfAFlow => Math.Max(5, (int)(_options.Rate / 10));

    /// <summary>
    /// Runs the plan. However the run ends, its last steps are the same: it heals the cluster, ends the programs in order, one after the other, empties and
    /// removes the queues, and records in the evidence what went wrong.
    /// </summary>
    /// <param name="environment">The environment of the drill, for the evidence.</param>
    /// <param name="settings">The settings of the drill, for the evidence.</param>
    /// <param name="breakAsync">Does the faults while messages flow.</param>
    /// <param name="isEndedByUser">Whether the token is the regular end of <paramref name="breakAsync"/>, and no interruption.</param>
    /// <param name="cancellationToken">Ends <paramref name="breakAsync"/>. The last steps are done all the same.</param>
    internal async Task RunAsync(
        DrillEnvironment environment, DrillSettings settings, Func<DrillRun, Task> breakAsync, bool isEndedByUser, CancellationToken cancellationToken)
    {
        var now = Moment.Now(_time);
        Record(new DrillStartedEvent(_options.Kind, _variant.Name, MachineClock.Id, _names.Queue, _names.ParkedQueue, environment, settings)
        {
            Properties = _variant.Properties,
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
        });
        await using var interrupted = isEndedByUser ? default : cancellationToken.Register(
            () => _progress.Enter("Interrupted. The drill waits for the step under way, then heals everything; another Ctrl-C does not stop that"));
        using var over = new CancellationTokenSource();
        var watch = _target.WatchAsync(Tell, over.Token);
        var brokenOff = await TryAsync(
            async () =>
            {
                await BeginAsync(cancellationToken);
                await breakAsync(this);
                RequirePrograms();
            },
            cancellationToken);
        var failures = await EndAsync();
        await over.CancelAsync();
        await watch;
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
            throw new LabException($"The run ended early, and not everything was undone. {string.Join(' ', failures)}", brokenOff.SourceException);
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

    // At a low rate, the messages of a flow need some time themselves.
    private TimeSpan TimeToFlow(TimeSpan timeout) => timeout + TimeSpan.FromSeconds(2 * MessagesOfAFlow / _options.Rate);

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _progress.Enter(string.Create(
            CultureInfo.InvariantCulture,
            $"Starting {StartedAs(EventWriter.Consumer)} and {StartedAs(EventWriter.Producer)} on {_target.Address}, {_options.Rate:0.##} messages a second"));
        _consumer = Start("ClusterTest.Consumer", "cluster-test-consumer", EventWriter.Consumer, ["--client-name", _names.Consumer]);
        await RequireAsync(score => score.Ready >= _variant.Sessions, "The consumer is not ready", cancellationToken);
        await _target.SetUpAsync(_names, _variant, cancellationToken);
        _producer = Start(
            "ClusterTest.Producer",
            "cluster-test-producer",
            EventWriter.Producer,
            ["--client-name", _names.Producer, "--rate", _options.Rate.ToString(CultureInfo.InvariantCulture), "--retry-for", "24h"]);
        _progress.Scoreboard.CountFlow();
        await RequireAsync(score => score.Flows(MessagesOfAFlow), "No messages flow", cancellationToken);
    }

    /// <summary>Runs an action, and records how it failed.</summary>
    /// <returns>The exception of an action that was interrupted or broke off, to be thrown when everything is undone; else null.</returns>
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
#pragma warning disable CA1031 // The caller throws the exception when everything is undone.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Recording may fail, for example on a full disk: the cluster must be healed all the same.
            _ = await TryAsync(() =>
            {
                Tell(ProblemKind.Interrupted, cancellationToken.IsCancellationRequested ? Interrupted : $"It broke off: {exception.Message}");
                return Task.CompletedTask;
            });
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>
    /// Heals the cluster, since only a whole cluster can deliver all messages; ends the producer, which waits for its last confirms; waits until the
    /// consumer has received everything; ends the consumer; empties and removes the queues. Each step is done even if another step fails.
    /// </summary>
    /// <returns>The messages of the steps that failed.</returns>
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

    // If messages do not arrive, the verdict names them.
    private async Task WaitForTheLastAsync()
    {
        if (_consumer is not { HasEnded: false })
        {
            return;
        }

        _progress.Enter("Waiting for the last messages");
        var began = _time.GetTimestamp();
        _ = await WaitAsync(
            score => score.Outstanding is 0 || (score.Silence > SilenceBeforeDrain && _time.GetElapsedTime(began) > SilenceBeforeDrain),
            LongestWaitBeforeDrain,
            CancellationToken.None);
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
        // Each node may need the time limit of a fault, and the nodes may come one after the other.
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

    private Client? ClientFor(string source) => _options.Clients.FirstOrDefault(client => client.Source == source);

    private string StartedAs(string source) => ClientFor(source) is { } client ? $"the program of {client.Option} as {source}" : $"a {source}";

    private EventProgram Start(string project, string name, string source, IEnumerable<string> more)
    {
        string[] options =
        [
            "--exchange", _names.Queue,
            "--queue", _names.Queue,
            "--routing-key", _names.Queue,
            "--queue-type", _variant.QueueType is QueueType.Classic ? "classic" : "quorum",
            "--sessions", _variant.Sessions.ToString(CultureInfo.InvariantCulture),
            .. _target.ProgramArguments,
            .. more,
        ];
        var environment = _target.EnvironmentOf(source);
        var program = ClientFor(source) is { } client
            ? EventProgram.Start(client, Client.EnvironmentOf(environment, options), Write, _time)
            : EventProgram.Start(LabPrograms.Find(project, name), ["--output", "json", .. options], environment, Write, _time);
        _running.Add(program);
        return program;

        void Write(ResultEvent written) => _recorder.Write(source, written);
    }

    private async Task StopAsync(EventProgram? program, string phase, bool mayBeUnconfirmed)
    {
        if (program is null)
        {
            return;
        }

        _progress.Enter(phase);
        _ = _running.Remove(program);
        if (program.HasEnded)
        {
            throw new LabException(program.WhyItFailed());
        }

        // A producer's exit code 2 means that messages were not confirmed; the events name them.
        var exitCode = await program.StopAsync();
        if (exitCode is not Cli.ExitCode.Success && !(mayBeUnconfirmed && exitCode is Cli.ExitCode.Fatal))
        {
            throw new LabException($"{program.Name} ended with exit code {exitCode}.{program.LastWords()}");
        }
    }

    private void RequirePrograms()
    {
        if (_running.Find(static program => program.HasFailed) is { } failed)
        {
            throw new LabException(failed.WhyItFailed());
        }
    }

    private async Task RequireAsync(Func<Score, bool> condition, string otherwise, CancellationToken cancellationToken)
    {
        var limit = TimeToFlow(_options.StartTimeout);
        if (!await WaitAsync(condition, limit, cancellationToken))
        {
            throw new LabException($"{otherwise} after {limit.TotalSeconds:0} s.{CountsForClients()}{_consumer?.LastWords()}{_producer?.LastWords()}");
        }
    }

    // Our programs get ready, or say why not. Of others, it may be the lines that are missing.
    private string CountsForClients() => _options.Clients is [] ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $" The consumer has written {Score.Ready} \"ready\", where {_variant.Sessions} belong, and {Score.Received} \"received\" of different messages, "
        + $"the producer {Score.Confirmed} \"sent\". {Client.Advice}");

    /// <summary>Waits until a condition on the counts of messages holds.</summary>
    /// <returns>Whether the condition held in time.</returns>
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
