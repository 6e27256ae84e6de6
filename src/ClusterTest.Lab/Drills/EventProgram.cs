using CliWrap;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Drills;

/// <summary>One of the two programs while it runs. Disposing ends it, in order if it still can.</summary>
/// <remarks>What it wrote is read to its end in any case: what it told of a message before it ended is evidence.</remarks>
internal sealed class EventProgram : IAsyncDisposable
{
    private const int ErrorLinesKept = 5;

    // A little longer than a program that is asked to stop takes at most.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Queue<string> _errors = new();
    private readonly CommandTask<CommandResult> _run;
    private readonly Action<ResultEvent> _watch;
    private readonly TimeProvider _time;

    private EventProgram(string name, Command command, Action<ResultEvent> watch, TimeProvider time)
    {
        (Name, _watch, _time) = (name, watch, time);
        _run = command
            .WithStandardInputPipe(PipeSource.Create((_, ended) => Task.Delay(Timeout.InfiniteTimeSpan, time, ended)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Read))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Keep))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None);
    }

    internal string Name { get; }

    /// <summary>Whether it has ended, by itself or because it was told to.</summary>
    internal bool HasEnded => _run.Task.IsCompleted;

    /// <summary>
    /// Starts a program in a session of its own, so that a Ctrl-C in the terminal does not end it before its time. It ends in order when this
    /// program is gone, which nothing but the end of its input would tell it.
    /// </summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="watch">Is shown each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    internal static EventProgram Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<ResultEvent> watch, TimeProvider time)
    {
        var command = OwnSession.Wrap(path, arguments)
            .WithEnvironmentVariables(new Dictionary<string, string?>(environment) { [CommandLine.EndWithInputVariable] = "yes" });
        return new EventProgram(Path.GetFileName(path), command, watch, time);
    }

    /// <summary>Tells it to stop and waits until it has drained, also if it stands still; when it has ended, its events are complete.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="LabException">It did not end in order, and was killed.</exception>
    internal async Task<int> StopAsync()
    {
        Send(PosixSignal.Terminate);
        Send(PosixSignal.Continue);
        try
        {
            return (await _run.Task.WaitAsync(StopTimeout, _time)).ExitCode;
        }
        catch (TimeoutException exception)
        {
            Send(PosixSignal.Kill);
            await ((Task)_run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new LabException($"{Name} did not stop within {StopTimeout.TotalSeconds:0} s.{LastWords()}", exception);
        }
        catch (Exception exception) when (exception is not LabException)
        {
            throw new LabException($"{Name} ended.{LastWords()}", exception);
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
        if (!HasEnded)
        {
            // How it ended does not matter here: whoever wants to know has stopped it before.
            await ((Task)StopAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _run.Dispose();
    }

    // Only while it is not waited for: afterwards its id may be another's.
    private void Send(int signal)
    {
        if (!HasEnded)
        {
            PosixSignal.Send(_run.ProcessId, signal);
        }
    }

    private void Read(string line) => _watch(EventJson.Read(line));

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
