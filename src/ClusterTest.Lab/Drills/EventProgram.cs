using System.Text.Json;
using ClusterTest.Cli.Events;
using ClusterTest.Lab.Clusters;
using CliWrap;

namespace ClusterTest.Lab.Drills;

/// <summary>One of the two programs while it runs. Disposing ends it, by force if need be.</summary>
internal sealed class EventProgram : IAsyncDisposable
{
    private const int ErrorLinesKept = 5;

    private readonly Queue<string> _errors = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly CommandTask<CommandResult> _run;
    private readonly Action<ResultEvent> _watch;
    private readonly TimeProvider _time;

    private EventProgram(string name, Command command, Action<ResultEvent> watch, TimeProvider time)
    {
        (Name, _watch, _time) = (name, watch, time);
        _run = command
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Read))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Keep))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token);
    }

    internal string Name { get; }

    /// <summary>Whether it has ended, by itself or because it was told to.</summary>
    internal bool HasEnded => _run.Task.IsCompleted;

    /// <summary>Starts a program in a session of its own, so that a Ctrl-C in the terminal does not end it before its time.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="watch">Is shown each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    internal static EventProgram Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<ResultEvent> watch, TimeProvider time) =>
        new(Path.GetFileName(path), CliWrap.Cli.Wrap("setsid").WithArguments([path, .. arguments]).WithEnvironmentVariables(environment), watch, time);

    /// <summary>Tells it to stop and waits until it has drained; when it has ended, its events are complete.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="LabException">It did not end.</exception>
    internal async Task<int> StopAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        PosixSignal.Send(_run.ProcessId, PosixSignal.Terminate);
        try
        {
            return (await _run.Task.WaitAsync(timeout, _time, cancellationToken)).ExitCode;
        }
        catch (TimeoutException exception)
        {
            throw new LabException($"{Name} did not stop within {timeout.TotalSeconds:0} s.{LastWords()}", exception);
        }
    }

    /// <summary>What it last wrote to standard error, to be put behind a sentence; empty if it wrote nothing.</summary>
    internal string LastWords()
    {
        lock (_errors)
        {
            return _run.Task.Exception?.InnerException is { } failure ? $" Its output could not be taken: {failure.Message}"
                : _errors.Count is 0 ? ""
                : $" It said:{Environment.NewLine}{string.Join(Environment.NewLine, _errors)}";
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kill.CancelAsync();

        // It ran until now, or had ended, or its output could not be taken: it is over in any case.
        await ((Task)_run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _run.Dispose();
        _kill.Dispose();
    }

    private void Read(string line)
    {
        if (JsonSerializer.Deserialize(line, EventJson.Default.ResultEvent) is { } written)
        {
            _watch(written);
        }
    }

    private void Keep(string line)
    {
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > ErrorLinesKept)
            {
                _ = _errors.Dequeue();
            }
        }
    }
}
