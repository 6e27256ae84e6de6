using System.Text;
using System.Text.Json;
using ClusterTest.Cli.Events;
using ClusterTest.Lab.Clusters;
using CliWrap;

namespace ClusterTest.Lab.Drills;

/// <summary>One of the two programs while it runs: its events so far, and the ones to come. Disposing ends it, by force if need be.</summary>
internal sealed class EventProgram : IAsyncDisposable
{
    // The programs drain for at most 5 s when they are told to stop.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly List<ResultEvent> _events = [];
    private readonly StringBuilder _errors = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly CommandTask<CommandResult> _run;
    private readonly Action<ResultEvent> _watch;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EventProgram(string name, Command command, Action<ResultEvent> watch, TimeProvider time)
    {
        (Name, _watch, _time) = (name, watch, time);
        _run = command
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Add))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token);
    }

    internal string Name { get; }

    /// <summary>Everything it has written so far.</summary>
    internal IReadOnlyList<ResultEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Starts a program. Each event is also shown to <paramref name="watch"/>, one at a time.</summary>
    internal static EventProgram Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> mark, Action<ResultEvent> watch, TimeProvider time) =>
        new(Path.GetFileName(path), CliWrap.Cli.Wrap(path).WithArguments(arguments).WithEnvironmentVariables(mark), watch, time);

    /// <summary>Waits until its events fulfil a condition.</summary>
    /// <exception cref="LabException">They do not in time, or the program ended before.</exception>
    internal async Task WaitAsync(Func<IReadOnlyList<ResultEvent>, bool> condition, string what, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        while (true)
        {
            Task changed;
            IReadOnlyList<ResultEvent> events;
            lock (_lock)
            {
                (changed, events) = (_changed.Task, [.. _events]);
            }

            if (condition(events))
            {
                return;
            }

            if (_run.Task.IsCompleted)
            {
                throw new LabException($"{Name} ended by itself, before {what}.{Said()}");
            }

            try
            {
                _ = await Task.WhenAny(changed, _run.Task).WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LabException($"{Name}: no {what} within {timeout.TotalSeconds:0} s.{Said()}");
            }
        }
    }

    /// <summary>Tells it to stop and waits until it has drained; when it has ended, its events are complete.</summary>
    /// <exception cref="LabException">It did not end, or not well.</exception>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        PosixSignal.Send(_run.ProcessId, PosixSignal.Terminate);
        try
        {
            var result = await _run.Task.WaitAsync(StopTimeout, _time, cancellationToken);
            if (result.ExitCode is not 0)
            {
                throw new LabException($"{Name} ended with {result.ExitCode}.{Said()}");
            }
        }
        catch (TimeoutException exception)
        {
            throw new LabException($"{Name} did not stop within {StopTimeout.TotalSeconds:0} s.{Said()}", exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kill.CancelAsync();
        try
        {
            _ = await _run;
        }
        catch (OperationCanceledException) when (_kill.IsCancellationRequested)
        {
            // It ran until now.
        }

        _run.Dispose();
        _kill.Dispose();
    }

    private void Add(string line)
    {
        var written = JsonSerializer.Deserialize(line, EventJson.Default.ResultEvent)!;
        _watch(written);
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.Add(written);
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        _ = changed.TrySetResult();
    }

    private string Said() => _errors.Length is 0 ? "" : $" It said:{Environment.NewLine}{_errors.ToString().TrimEnd()}";
}
