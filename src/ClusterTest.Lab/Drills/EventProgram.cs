using CliWrap;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Drills;

/// <summary>
/// One of the two programs, or a client in its place, while it runs. Disposing ends the program, in order if that is still possible.
/// </summary>
/// <remarks>The lab always reads the program's output to the end: everything that the program wrote about a message before it ended is evidence.</remarks>
internal sealed class EventProgram : IAsyncDisposable
{
    private const int ErrorLinesKept = 5;
    private const int EndedByTerminate = 128 + PosixSignal.Terminate;

    // A little longer than the longest time that a program needs to stop.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Queue<string> _errors = new();
    private readonly CommandTask<CommandResult> _run;
    private readonly ClientLines? _client;
    private readonly TimeProvider _time;

    private EventProgram(string name, Command command, Action<string> read, ClientLines? client, TimeProvider time)
    {
        (Name, _client, _time) = (name, client, time);
        _run = command
            .WithStandardInputPipe(PipeSource.Create((_, ended) => Task.Delay(Timeout.InfiniteTimeSpan, time, ended)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(read))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Keep))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None);
    }

    internal string Name { get; }

    /// <summary>Whether the program has ended, by itself or because it was told to stop.</summary>
    internal bool HasEnded => _run.Task.IsCompleted;

    /// <summary>Whether the program has ended, or has written what is no event.</summary>
    internal bool HasFailed => HasEnded || _client?.Complaint is not null;

    /// <summary>
    /// Starts a program in its own session, so that a Ctrl-C in the terminal does not end it too early. If the lab is gone, the program sees the end of its
    /// input and ends in order.
    /// </summary>
    /// <param name="path">The path of the program.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="environment">The variables to add to the program's environment.</param>
    /// <param name="watch">Called with each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    internal static EventProgram Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<ResultEvent> watch, TimeProvider time)
    {
        return new EventProgram(Path.GetFileName(path), Wrap(path, arguments, environment), line => watch(EventJson.Read(line)), client: null, time);
    }

    /// <summary>Starts a client with the shell, in a session of its own. Signals go to all that the command has started in it.</summary>
    /// <param name="client">The client.</param>
    /// <param name="environment">The variables to add to the client's environment.</param>
    /// <param name="watch">Called with each event, one at a time.</param>
    /// <param name="time">The clock.</param>
    internal static EventProgram Start(Client client, IReadOnlyDictionary<string, string?> environment, Action<ResultEvent> watch, TimeProvider time)
    {
        var lines = new ClientLines(client, watch);
        return new EventProgram(client.Name, Wrap("/bin/sh", ["-c", client.Command], environment), lines.Read, lines, time);
    }

    /// <summary>Tells the program to stop, also if it is frozen, and waits until it has drained and ended. Its events are complete then.</summary>
    /// <returns>The exit code of the program.</returns>
    /// <exception cref="LabException">
    /// The program did not end in time and was killed, or its output could not be read, or it is a client that has not written all that it should have.
    /// </exception>
    internal async Task<int> StopAsync()
    {
        Send(PosixSignal.Terminate);
        Send(PosixSignal.Continue);
        try
        {
            var exitCode = (await _run.Task.WaitAsync(StopTimeout, _time)).ExitCode;
            return _client is null ? exitCode : ExitCodeOf(_client, exitCode);
        }
        catch (TimeoutException exception)
        {
            Send(PosixSignal.Kill);
            await ((Task)_run.Task.WaitAsync(StopTimeout, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new LabException($"{Name} did not stop within {StopTimeout.TotalSeconds:0} s.{LastWords()}", exception);
        }
        catch (Exception exception) when (exception is not LabException)
        {
            throw new LabException($"{Name} ended.{LastWords()}", exception);
        }
    }

    /// <summary>Why a program has failed (<see cref="HasFailed"/>).</summary>
    internal string WhyItFailed() => _client?.Complaint
        ?? (_client is null || !_run.Task.IsCompletedSuccessfully
            ? $"{Name} ended by itself.{LastWords()}"
            : $"{Name} ended by itself, with exit code {_run.Task.Result.ExitCode}.{LastWords()}");

    /// <summary>The last lines that the program wrote to standard error, for the end of a message; empty if it wrote nothing.</summary>
    internal string LastWords()
    {
        lock (_errors)
        {
            return _run.Task.Exception?.InnerException is { } failure ? $" Its output could not be read: {failure.Message}"
                : _errors.Count is 0 ? ""
                : $" It said:{Environment.NewLine}{string.Join(Environment.NewLine, _errors)}";
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            // How the program ended does not matter here: a caller that needs its exit code has called StopAsync.
            await ((Task)StopAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _run.Dispose();
    }

    private static Command Wrap(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        OwnSession.Wrap(path, arguments)
            .WithEnvironmentVariables(new Dictionary<string, string?>(environment) { [CommandLine.EndWithInputVariable] = "yes" });

    // Sends nothing to a program that has ended: another process may have its id by then.
    private void Send(int signal)
    {
        // A client's shell may have started more than one process. Without a session of its own, the client has no group of its own.
        if (!HasEnded && (_client is null || !PosixSignal.SendToGroup(_run.ProcessId, signal)))
        {
            PosixSignal.Send(_run.ProcessId, signal);
        }
    }

    // A client whose library knows no better way to end than SIGTERM's own has done what it was told, if it wrote everything before.
    private int ExitCodeOf(ClientLines client, int exitCode) => client.Complaint is { } complaint ? throw new LabException(complaint)
        : !client.HasSummary ? throw new LabException(
            $"{Name} ended with exit code {exitCode}, and has not written \"{client.Summary}\", which is the last line and due on SIGTERM.{LastWords()}"
            + $"{Environment.NewLine}{Client.Advice}")
        : exitCode is EndedByTerminate ? Cli.ExitCode.Success
        : exitCode;

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
