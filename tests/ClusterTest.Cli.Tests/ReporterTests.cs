using ClusterTest.Events;
using ClusterTest.Reconnect;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class ReporterTests : IDisposable
{
    private static readonly ClusterEndpoint Endpoint = new("127.0.0.1", 5670);
    private readonly StringWriter _results = new() { NewLine = "\n" };
    private readonly StringWriter _logs = new() { NewLine = "\n" };

    public void Dispose()
    {
        _results.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Tells_an_outage_in_one_line_and_its_end_in_another()
    {
        await ReportAsync(OutputFormat.Text, reporter =>
        {
            var observe = Observe(reporter);
            observe(Change(SessionState.Opening, SessionState.Open));
            Assert.Equal("open", reporter.State);
            observe(Change(SessionState.Open, SessionState.Recovering, Forced));
            Assert.Equal("recovering", reporter.State);
            observe(Change(SessionState.Recovering, SessionState.Open) with { Outage = TimeSpan.FromMilliseconds(42.5), Attempts = 1 });
            observe(Change(SessionState.Open, SessionState.Recovering, Forced));
            observe(Change(SessionState.Recovering, SessionState.Open) with { Outage = TimeSpan.FromSeconds(3), Attempts = 12 });
            Assert.Equal(("open", 2), (reporter.State, reporter.Outages));
        });
        Assert.Empty(_results.ToString());
        Assert.Equal(
            [
                "WRN] Lost 127.0.0.1:5670: the broker closed the connection. Recovering",
                "INF] Recovered at 127.0.0.1:5670 after 43 ms (1 attempt)",
                "WRN] Lost 127.0.0.1:5670: the broker closed the connection. Recovering",
                "INF] Recovered at 127.0.0.1:5670 after 3000 ms (12 attempts)",
            ],
            LogLines());
    }

    [Fact]
    public async Task Tells_a_late_start_with_what_to_do_and_for_how_long_it_tries()
    {
        await ReportAsync(OutputFormat.Text, reporter =>
        {
            var observe = Observe(reporter, retryFor: TimeSpan.FromSeconds(30));
            Assert.Equal("connecting", reporter.State);
            observe(Change(SessionState.Opening, SessionState.Recovering, Refused));
            Assert.Equal("connecting", reporter.State);
            observe(Change(SessionState.Recovering, SessionState.Open) with { Attempts = 9 });
            Assert.Equal(("open", 0), (reporter.State, reporter.Outages));
        });
        Assert.Equal(
            [
                "WRN] Cannot use 127.0.0.1:5670 yet: connection refused. Check HOST and PORT. Retrying for up to 30s",
                "INF] Connected to 127.0.0.1:5670 (9 attempts)",
            ],
            LogLines());
    }

    [Fact]
    public async Task Names_the_session_when_there_are_several()
    {
        await ReportAsync(OutputFormat.Text, reporter =>
        {
            var observe = Observe(reporter, sessions: 2);
            observe(Change(SessionState.Opening, SessionState.Open));
            observe(Change(SessionState.Opening, SessionState.Open) with { Session = 1 });
            Assert.Equal("2 of 2 sessions open", reporter.State);
            observe(Change(SessionState.Open, SessionState.Recovering, Forced) with { Session = 1 });
            Assert.Equal("1 of 2 sessions open", reporter.State);
            observe(Change(SessionState.Open, SessionState.Recovering, Forced));
            Assert.Equal("recovering", reporter.State);
        });
        Assert.Equal("WRN] Lost 127.0.0.1:5670 (session 1): the broker closed the connection. Recovering", LogLines()[0]);
    }

    [Fact]
    public async Task Writes_outages_as_events_too()
    {
        await ReportAsync(OutputFormat.Json, reporter =>
        {
            var observe = Observe(reporter);
            observe(Change(SessionState.Opening, SessionState.Recovering, Refused));
            observe(Change(SessionState.Recovering, SessionState.Open));
            observe(Change(SessionState.Open, SessionState.Recovering, Forced));
            observe(Change(SessionState.Recovering, SessionState.Open) with
            {
                Outage = TimeSpan.FromMilliseconds(42.5),
                Reconnect = TimeSpan.FromMilliseconds(20.25),
                Attempts = 1,
            });
        });
        var lost = """
            {"event":"lost-connection","ts":"1970-01-01T00:00:00.000000Z","mono_us":0,"session":0,"endpoint":"127.0.0.1:5670",
            "cause":"connection-forced","scope":"connection","code":320,"detail":"the broker closed the connection"}
            """.ReplaceLineEndings("");
        var recovered = """
            {"event":"recovered","ts":"1970-01-01T00:00:00.000000Z","mono_us":0,"session":0,"endpoint":"127.0.0.1:5670",
            "outage_ms":42.5,"reconnect_ms":20.25,"attempts":1}
            """.ReplaceLineEndings("");
        Assert.Equal($"{lost}\n{recovered}\n", _results.ToString());
    }

    [Fact]
    public async Task Lets_no_message_break_a_line_or_steer_the_terminal()
    {
        await ReportAsync(OutputFormat.Text, reporter =>
        {
            reporter.Write(new ReceivedEvent(null, null, null, "a\nb\u001b[2J", 1, false, 0) { Timestamp = DateTimeOffset.UnixEpoch });
            reporter.Warn("said \u001b[2J");
        });
        Assert.Equal("Received: a b [2J/1\n", _results.ToString());
        Assert.Equal(["WRN] said  [2J"], LogLines());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shows_what_the_library_logs_and_stack_traces_when_asked_only(bool isVerbose)
    {
        await ReportAsync(
            OutputFormat.Text,
            reporter =>
            {
                var library = reporter.Loggers.CreateLogger("ClusterTest.Reconnect.ClusterConsumer");
                var state = SessionState.Open;
                var failure = new InvalidOperationException("inner");
                library.LogError(failure, "attempt {State}", state);
                library.LogError("session ends");
                reporter.Warn("ours");
            },
            isVerbose);
        var logs = _logs.ToString();
        Assert.Equal(isVerbose, logs.Contains("ERR] attempt Open\nSystem.InvalidOperationException: inner\n", StringComparison.Ordinal));
        Assert.Equal(isVerbose, logs.Contains("ERR] session ends", StringComparison.Ordinal));
        Assert.Contains("WRN] ours", logs, StringComparison.Ordinal);
    }

    private static Failure Forced => new()
    {
        Kind = FailureKind.ConnectionForced,
        Severity = FailureSeverity.Transient,
        Scope = FailureScope.Connection,
        ReplyCode = 320,
        Message = "the broker closed the connection",
    };

    private static Failure Refused => new()
    {
        Kind = FailureKind.Refused,
        Severity = FailureSeverity.Transient,
        Scope = FailureScope.Connection,
        Message = "connection refused",
        Advice = "Check HOST and PORT.",
    };

    private static SessionEvent Change(SessionState from, SessionState to, Failure? cause = null) =>
        new() { Session = 0, From = from, To = to, Endpoint = Endpoint, At = DateTimeOffset.UnixEpoch, Timestamp = 0, Cause = cause };

    private static Action<SessionEvent> Observe(Reporter reporter, int sessions = 1, TimeSpan? retryFor = null) => reporter.Observe(new ClusterOptions
    {
        Endpoints = [Endpoint],
        Topology = Topology.Named("q"),
        Sessions = sessions,
        RecoveryTimeout = retryFor ?? Timeout.InfiniteTimeSpan,
    }).OnSessionEvent!;

    private async Task ReportAsync(OutputFormat format, Action<Reporter> report, bool isVerbose = false)
    {
        using var terminal = new Terminal(_results, _logs, showsProgress: false);
        await using var logger = Logs.Create(terminal, OutputFormat.Text, isVerbose);
        await using var reporter = new Reporter(terminal, logger, format, TimeProvider.System);
        report(reporter);
    }

    // Without the time of day.
    private List<string> LogLines() => [.. _logs.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[14..])];
}
