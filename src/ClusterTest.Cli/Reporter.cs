using System.Text.Json;
using ClusterTest.Cli.Events;
using ClusterTest.Reconnect;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace ClusterTest.Cli;

/// <summary>What a program tells: results, and one line for each outage.</summary>
public sealed class Reporter : IAsyncDisposable
{
    private readonly Terminal _terminal;
    private readonly Logger _logger;
    private readonly OutputFormat _format;
    private readonly SerilogLoggerFactory _loggers;
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

    /// <summary>Gets the number of outages so far.</summary>
    public int Outages => Volatile.Read(ref _outages);

    /// <summary>Gets what the sessions do, for the progress line.</summary>
    public string State { get; private set; } = "connecting";

    /// <summary>Gives the current time as events carry it.</summary>
    public string Now() => ResultEvent.Format(Time.GetUtcNow());

    /// <summary>Writes an event.</summary>
    /// <returns>Whether somebody reads on.</returns>
    public bool Write(ResultEvent result)
    {
        var line = _format == OutputFormat.Json ? JsonSerializer.Serialize(result, EventJson.Default.ResultEvent) : Printable(result.ToText());
        return line is null ? !_terminal.IsClosed : _terminal.WriteResult(line);
    }

    /// <summary>Tells an outage or its end.</summary>
    public void OnSessionEvent(SessionEvent change)
    {
        var at = ResultEvent.Format(change.At);
        var endpoint = change.Endpoint.ToString();
        State = change.To switch
        {
            SessionState.Open => "open",
            SessionState.Recovering => "recovering",
            _ => State,
        };
        switch (change)
        {
            case { To: SessionState.Recovering, From: SessionState.Open, Cause: { } cause }:
                Interlocked.Increment(ref _outages);
                Write(new LostConnectionEvent(change.Session, endpoint, NameOf(cause.Kind), cause.Scope == FaultScope.Channel ? "channel" : "connection", cause.ReplyCode, cause.Message) { Timestamp = at });
                _logger.Warning("Lost {Endpoint}: {Cause:l}; recovering", change.Endpoint, cause.Message);
                break;
            case { To: SessionState.Recovering, Cause: { } cause }:
                _logger.Warning("Cannot use {Endpoint} yet: {Cause:l}. {Advice:l} Trying again until it works", change.Endpoint, cause.Message, cause.Advice);
                break;
            case { To: SessionState.Open, Outage: { } outage }:
                Write(new RecoveredEvent(change.Session, endpoint, Math.Round(outage.TotalMilliseconds, 3), change.Attempts) { Timestamp = at });
                _logger.Information("Recovered at {Endpoint} after {OutageMs:0} ms ({Attempts} {Unit:l})", change.Endpoint, outage.TotalMilliseconds, change.Attempts, change.Attempts == 1 ? "attempt" : "attempts");
                break;
            default:
                break;
        }
    }

    /// <summary>Tells why the program gives up.</summary>
    public void Fatal(ClusterException failure)
    {
        Write(new FatalEvent(failure.Endpoint.ToString(), NameOf(failure.Fault.Kind), failure.Fault.ReplyCode, failure.Message) { Timestamp = Now() });
        _logger.Fatal(failure, "{Message:l}", failure.Message);
    }

    /// <summary>Writes the account at a run's end.</summary>
    /// <param name="summary">The event.</param>
    /// <param name="template">The same for people, as a message template.</param>
    /// <param name="values">The template's values.</param>
    public void Summarize(ResultEvent summary, string template, params object?[] values)
    {
        Write(summary);
#pragma warning disable CA2254 // The templates are constants of the callers.
        _logger.Information(template, values);
#pragma warning restore CA2254
    }

    /// <summary>Warns of something that the user should know.</summary>
    public void Warn(string message) => _logger.Warning("{Message:l}", message);

    /// <summary>Draws the progress line twice a second, where somebody sees it, until cancelled.</summary>
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

    private static string NameOf(FaultKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    // What strangers wrote into a message must neither break the line nor steer the terminal.
    private static string? Printable(string? text) => text is null || !text.Any(char.IsControl)
        ? text
        : string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
