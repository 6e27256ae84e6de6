using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>An outage, the first connect included, is told in one line, however many attempts it takes.</summary>
public abstract class StartAndRecoveryTests : ProgramTest
{
    private const string Connecting = "WRN] Cannot use";

    /// <summary>Runs the program until it works, and returns it.</summary>
    protected abstract ProgramUnderTest StartLong(params string[] options);

    [Fact]
    public async Task The_first_connect_is_retried_like_any_other()
    {
        Broker.StopListening();
        var program = StartLong();
        await program.StandardError.WaitForLineAsync(line => line.Contains("connection refused", StringComparison.Ordinal), timeout: Patience);
        Broker.StartListening();
        await program.StandardError.WaitForLineAsync(line => line.Contains("Connected to", StringComparison.Ordinal), timeout: Patience);
        await Broker.OpenConnectionsAsync(1);
        Assert.StartsWith(Connecting, Logs(program)[0], StringComparison.Ordinal);
        Assert.Matches($@"^INF\] Connected to {Endpoint} \(\d+ attempts\)$", Logs(program)[1]);
        Assert.Equal(2, Logs(program).Count);
    }

    [Fact]
    public async Task One_outage_is_one_line_however_many_attempts_it_takes()
    {
        var program = StartLong();
        await WorksAsync(program);
        var attempts = Broker.On<Accepted>().Times(5).Reset();
        Broker.OpenConnections[0].Reset();
        await program.StandardError.WaitForLineAsync(line => line.Contains("Recovered", StringComparison.Ordinal), timeout: Patience);
        Assert.Equal(5, attempts.Hits);
        Assert.Equal($"WRN] Lost {Endpoint}: the peer closed the connection. Recovering", Logs(program)[0].Split(" for up to")[0]);
        Assert.Matches($@"^INF\] Recovered at {Endpoint} after \d+ ms \(6 attempts\)$", Logs(program)[1]);
        Assert.Equal(2, Logs(program).Count);
    }

    [Fact]
    public async Task Verbose_shows_each_attempt_and_stack_traces()
    {
        Broker.On<Accepted>().Times(3).Reset();
        var program = StartLong("--verbose");
        await program.StandardError.WaitForLineAsync(line => line.Contains("Recovering -> Open", StringComparison.Ordinal), timeout: Patience);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Contains(
                program.StandardError,
                line => line.Contains($"WRN] Session 0: attempt {attempt} at {Endpoint} failed: ", StringComparison.Ordinal));
        }

        Assert.Contains(program.StandardError, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_are_JSON_when_asked_for()
    {
        Broker.On<Accepted>().Times(3).Reset();
        var program = StartLong("--log-format", "json");
        await program.StandardError.WaitForLineAsync(line => line.Contains("Connected to", StringComparison.Ordinal), timeout: Patience);
        program.Send(Signal.Terminate);
        Assert.Equal(0, await program.ExitCodeAsync(Patience));
        Assert.All(program.StandardError, line => Assert.EndsWith("Z", Parse(line).GetProperty("@t").GetString(), StringComparison.Ordinal));
        Assert.Equal(Endpoint, Parse(program.StandardError[0]).GetProperty("Endpoint").GetString());
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task Outages_are_events_with_their_duration()
    {
        var program = StartLong("--output", "json");
        await WorksAsync(program);
        Broker.OpenConnections[0].Close(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
        await program.StandardOutput.WaitForLineAsync(line => line.Contains("\"recovered\"", StringComparison.Ordinal), timeout: Patience);
        var lost = Assert.Single(Events(program, "lost-connection"));
        var recovered = Assert.Single(Events(program, "recovered"));
        Assert.Equal(
            ("connection-forced", 320, Endpoint),
            (lost.GetProperty("cause").GetString(), lost.GetProperty("code").GetInt32(), lost.GetProperty("endpoint").GetString()));
        Assert.True(recovered.GetProperty("outage_ms").GetDouble() > 0);
        Assert.True(recovered.GetProperty("ts").GetDateTimeOffset() > lost.GetProperty("ts").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_first_event_says_what_was_started_and_which_clock_it_reads()
    {
        var program = StartLong("--output", "json", "--sessions", "2", "--queue", "q", "--queue-type", "classic");
        await WorksAsync(program);
        var started = Events(program)[0];
        Assert.Equal(
            ("started", Program, 2, "q", "classic"),
            (
                started.GetProperty("event").GetString(),
                started.GetProperty("program").GetString(),
                started.GetProperty("sessions").GetInt32(),
                started.GetProperty("queue").GetString(),
                started.GetProperty("queue_type").GetString()));
        var boot = await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", TestContext.Current.CancellationToken);
        Assert.Equal(boot.Trim(), started.GetProperty("clock").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", started.GetProperty("version").GetString());
    }

    /// <summary>Waits until the program says that it works.</summary>
    protected abstract Task WorksAsync(ProgramUnderTest program);
}
