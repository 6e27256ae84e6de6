using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ClusterTest.Events;
using ClusterTest.Reconnect;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace ClusterTest.Cli;

/// <summary>Reports for a program: writes its results, and one log line for each interruption and one for its end.</summary>
public sealed class Reporter : IAsyncDisposable
{
    private readonly Terminal _terminal;
    private readonly Logger _logger;
    private readonly OutputFormat _format;
    private readonly SerilogLoggerFactory _loggers;
    private readonly SortedDictionary<int, SessionState> _sessions = [];
    private ClusterOptions? _cluster;
    private int _outages;

    internal Reporter(Terminal terminal, Logger logger, OutputFormat format, TimeProvider time)
    {
        _terminal = terminal;
        _logger = logger;
        _format = format;
        Time = time;
        _loggers = new SerilogLoggerFactory(logger);
    }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Gets the log for the library.</summary>
    public ILoggerFactory Loggers => _loggers;

    /// <summary>Gets the number of interruptions so far.</summary>
    public int Outages => Volatile.Read(ref _outages);

    /// <summary>Gets the state of the sessions, for the progress line.</summary>
    public string State { get; private set; } = "connecting";

    /// <summary>Makes the library report to this reporter.</summary>
    /// <param name="cluster">Options without observers.</param>
    /// <param name="also">Another observer, which is called after the reporter.</param>
    /// <returns>The same options with log, clock and observer.</returns>
    public ClusterOptions Observe(ClusterOptions cluster, Action<SessionEvent>? also = null)
    {
        _cluster = cluster;
        return cluster with { OnSessionEvent = OnSessionEvent + also, LoggerFactory = Loggers, TimeProvider = Time };
    }

    /// <summary>Writes that the program starts: the first line of its events.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="cluster">The options that the program was started with.</param>
    public void Start(string program, ClusterOptions cluster)
    {
        if (_format != OutputFormat.Json)
        {
            return; // the event has no line for people, and takes a look at the assembly and the machine
        }

        var now = Now();
        var (sessions, topology) = (cluster.Sessions, cluster.Topology);
        Write(new StartedEvent(program, Version, MachineClock.Id, sessions, topology.Queue, NameOf(topology.QueueType))
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
        });
    }

    /// <summary>Takes note that the run ends, for whatever reason. From now on the program waits for readers only for a limited time.</summary>
    public void End() => _terminal.End();

    /// <summary>Gives the current moment.</summary>
    public Moment Now() => Moment.Now(Time);

    /// <summary>Gives the moment of a change.</summary>
    public Moment MomentOf(SessionEvent change) => Moment.Of(change.At, change.Timestamp, Time);

    /// <summary>Writes an event.</summary>
    /// <returns>Whether the output still has a reader.</returns>
    public bool Write(ResultEvent result)
    {
        var line = _format == OutputFormat.Json ? EventJson.Write(result) : result.ToText();
        return line is null ? !_terminal.IsClosed : _terminal.WriteResult(Printable.Line(line));
    }

    /// <summary>Reports an interruption or its end.</summary>
    public void OnSessionEvent(SessionEvent change)
    {
        var at = MomentOf(change);
        var endpoint = change.Endpoint.ToString();
        var session = NameOf(change.Session);
        var attempts = Count(change.Attempts, "attempt");
        State = StateAfter(change);
        switch (change)
        {
            case { To: SessionState.Recovering, From: SessionState.Open, Cause: { } cause }:
                Interlocked.Increment(ref _outages);
                var scope = cause.Scope == FailureScope.Channel ? "channel" : "connection";
                Write(new LostConnectionEvent(change.Session, endpoint, NameOf(cause.Kind), scope, cause.ReplyCode, cause.Message)
                {
                    Timestamp = at.At,
                    MonotonicMicroseconds = at.Microseconds,
                });
                if (cause.Severity == FailureSeverity.Transient)
                {
                    var said = cause.Kind is FailureKind.NotFound or FailureKind.MessageReturned ? Sentences(cause) : cause.Message;
                    _logger.Warning("Lost {Endpoint:l}{Session:l}: {Cause:l}. Recovering{Patience:l}", endpoint, session, said, RecoveryLimit);
                }

                break;
            case { To: SessionState.Recovering, Cause: { } cause }:
                _logger.Warning(
                    "Cannot use {Endpoint:l}{Session:l} yet: {Cause:l}. Retrying{Patience:l}", endpoint, session, Sentences(cause), RecoveryLimit);
                break;
            case { To: SessionState.Open, Outage: { } interruption }:
                Write(new RecoveredEvent(change.Session, endpoint, interruption, change.Reconnect ?? TimeSpan.Zero, change.Attempts)
                {
                    Timestamp = at.At,
                    MonotonicMicroseconds = at.Microseconds,
                });
                _logger.Information(
                    "Recovered at {Endpoint:l}{Session:l} after {OutageMs:0} ms ({Attempts:l})", endpoint, session, interruption.TotalMilliseconds, attempts);
                break;
            case { To: SessionState.Open, Attempts: > 1 }:
                _logger.Information("Connected to {Endpoint:l}{Session:l} ({Attempts:l})", endpoint, session, attempts);
                break;
            default:
                break;
        }
    }

    /// <summary>Reports why the program gives up.</summary>
    public void Fatal(ClusterException failure)
    {
        var now = Now();
        var endpoint = failure.Endpoint.ToString();
        Write(new FatalEvent(endpoint, NameOf(failure.Failure.Kind), failure.Failure.ReplyCode, failure.Message)
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
        });
        if (failure is ClusterRecoveryTimeoutException timeout)
        {
            var seconds = timeout.Elapsed.TotalSeconds;
            _logger.Fatal(
                failure,
                "Gave up on {Endpoint:l} after {Elapsed:l} ({Attempts:l}): {Cause:l}",
                endpoint,
                Duration.Format(TimeSpan.FromSeconds(Math.Round(seconds, seconds < 1 ? 3 : 1))),
                Count(timeout.Attempts, "attempt"),
                Sentences(failure.Failure));
        }
        else
        {
            _logger.Fatal(
                failure,
                "Cannot go on at {Endpoint:l} (user {User:l}, virtual host {VirtualHost:l}): {Cause:l}",
                endpoint,
                User,
                _cluster?.VirtualHost,
                Sentences(failure.Failure));
        }
    }

    /// <summary>Logs an error if results could not be written.</summary>
    /// <returns>Whether results could not be written.</returns>
    public bool TellUnwritten()
    {
        if (_terminal.Failure is not { } failure)
        {
            return false;
        }

        _logger.Fatal("The results cannot be written to standard output: {Cause:l}", failure);
        return true;
    }

    /// <summary>Gives "1 message", "2 messages" and so on.</summary>
    public static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    /// <summary>Writes the summary at the end of a run.</summary>
    /// <param name="summary">The summary as an event.</param>
    /// <param name="template">The summary for people, as a message template.</param>
    /// <param name="values">The template's values.</param>
    public void Summarize(ResultEvent summary, string template, params object?[] values)
    {
        Write(summary);
#pragma warning disable CA2254 // The templates are constants of the callers.
        _logger.Information(template, values);
#pragma warning restore CA2254
    }

    /// <summary>Logs information for the user.</summary>
    public void Inform(string message) => _logger.Information("{Message:l}", Printable.Line(message));

    /// <summary>Logs a warning for the user.</summary>
    public void Warn(string message) => _logger.Warning("{Message:l}", Printable.Line(message));

    /// <summary>Draws the progress line twice a second until cancelled, if standard error is a terminal.</summary>
    public async Task ShowProgressAsync(Func<string> line, CancellationToken cancellationToken)
    {
        if (!_terminal.ShowsProgress)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                _terminal.DrawProgress(line());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loggers.Dispose();
        await _logger.DisposeAsync();
    }

    private static string Version =>
        typeof(Reporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private string? User => _cluster?.AuthMechanisms switch
    {
        AuthMechanisms.External => "of the client certificate",
        AuthMechanisms.External | AuthMechanisms.Plain => $"of the client certificate, else {_cluster.UserName}",
        _ => _cluster?.UserName,
    };

    private string RecoveryLimit =>
        _cluster is { RecoveryTimeout: var limit } && limit != Timeout.InfiniteTimeSpan ? $" for up to {Duration.Format(limit)}" : "";

    private string StateAfter(SessionEvent change)
    {
        _sessions[change.Session] = change.To;
        var open = _sessions.Values.Count(static state => state == SessionState.Open);
        var all = _cluster?.Sessions ?? 1;
        return (open, change.To) switch
        {
            ( > 0, _) when all > 1 => string.Create(CultureInfo.InvariantCulture, $"{open} of {all} sessions open"),
            ( > 0, _) => "open",
            (_, SessionState.Recovering) => change.From == SessionState.Open || Outages > 0 ? "recovering" : "connecting",
            (_, SessionState.Closing or SessionState.Closed) => "closing",
            _ => State,
        };
    }

    private string NameOf(int session) => _cluster is { Sessions: > 1 } ? string.Create(CultureInfo.InvariantCulture, $" (session {session})") : "";

    private static string Sentences(Failure failure) =>
        failure.Advice.Length == 0 ? failure.Message : $"{failure.Message}. {Advice.For(failure).TrimEnd('.')}";

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
