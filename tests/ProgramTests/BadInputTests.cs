using System.Text;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>Whatever is wrong, each program says in one line what, where and what to do, and ends with the right code.</summary>
public abstract class BadInputTests : ProgramTest
{
    // Time for a few attempts, the first of which includes the start of the program's runtime.
    private const string RetryFor = "6s";

    [Theory]
    [InlineData("--count -1", "--count: '-1' is not a number of messages; allowed is at least 1.")]
    [InlineData("--cuont 1", "--cuont: there is no such option; did you mean --count?")]
    [InlineData("localhost 5670 extra", "'extra' is one argument too many: there are HOST and PORT only, everything else is an option.")]
    [InlineData("localhost --uri amqp://guest:s3cr3t@localhost", "Give either HOST and PORT or --uri, not both.")]
    [InlineData(
        "--uri http://guest:s3cr3t@localhost",
        "--uri: it is not of the form amqp://user:password@host:port/vhost (or amqps://); special characters in user, password and vhost are written %xx.")]
    [InlineData("localhost amqp://guest:s3cr3t@localhost", "PORT: 'amqp://***@localhost' is not a port number; allowed is 1 to 65535.")]
    [InlineData("--password-file /nowhere", "--password-file: there is no file /nowhere.")]
    public async Task A_wrong_command_line_gets_one_line_and_exit_code_1(string line, string error)
    {
        var program = StartWith(line.Split(' '));
        Assert.Equal(1, await program.ExitCodeAsync(Patience));
        Assert.Equal([$"{Program}: {error}"], program.StandardError);
        Assert.Empty(program.StandardOutput);
    }

    [Fact]
    public async Task A_wrong_variable_gets_one_line_and_exit_code_1()
    {
        var program = StartWith([], variable: $"localhost:{Secret}@5670");
        Assert.Equal(1, await program.ExitCodeAsync(Patience));
        Assert.StartsWith($"{Program}: CLUSTER_TEST_URI: it is not of the form amqp://", Assert.Single(program.StandardError), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, program.StandardError.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_port_is_retried_and_then_given_up()
    {
        Broker.StopListening();
        var program = Start("--retry-for", RetryFor);
        const string Said = "connection refused: nothing listens there. Check HOST and PORT, and that the load balancer or broker runs";
        await AssertGivesUpAsync(program, $"WRN] Cannot use {Endpoint} yet: {Said}. Retrying for up to {RetryFor}", Said);
    }

    [Fact]
    public async Task A_name_that_cannot_be_resolved_is_retried_and_then_given_up()
    {
        var program = StartWith(["nowhere.invalid", "5670", "--retry-for", RetryFor]);
        await AssertGivesUpAsync(
            program,
            $"WRN] Cannot use nowhere.invalid:5670 yet: the host name cannot be resolved. Check HOST, and the name service. Retrying for up to {RetryFor}",
            "the host name cannot be resolved. Check HOST, and the name service",
            "nowhere.invalid:5670");
    }

    [Fact]
    public async Task A_peer_that_accepts_and_says_nothing_is_given_up_in_time()
    {
        Broker.Freeze();
        var program = Start("--retry-for", "4s");
        await AssertGivesUpAsync(
            program,
            null,
            "the connection was accepted, but nothing answered in time. "
                + "If this lasts, the node or the load balancer behind this address hangs, or the port belongs to another service, or needs TLS (amqps)");
    }

    [Fact]
    public async Task A_peer_that_closes_at_once_is_retried_and_then_given_up()
    {
        Broker.On<Accepted>().Disconnect();
        var program = Start("--retry-for", RetryFor);
        await AssertGivesUpAsync(
            program,
            $"WRN] Cannot use {Endpoint} yet: the peer closed the connection. "
                + $"If this lasts, no node behind the load balancer is in service, or the port belongs to another service, or needs TLS (amqps). "
                + $"Retrying for up to {RetryFor}",
            "the peer closed the connection. "
                + "If this lasts, no node behind the load balancer is in service, or the port belongs to another service, or needs TLS (amqps)");
        Assert.InRange(Broker.Connections.Count, 2, 100); // no tight loop
    }

    [Fact]
    public async Task A_peer_that_speaks_HTTP_makes_the_program_doubt_the_port()
    {
        Broker.On<ProtocolHeader>().Do(header =>
        {
            header.Connection.Send("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"u8);
            header.Connection.Disconnect();
        });
        var program = Start("--retry-for", RetryFor);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains($"Cannot use {Endpoint} yet: ", Logs(program)[0], StringComparison.Ordinal);
        Assert.Contains("the port belongs to another service", Logs(program)[0], StringComparison.Ordinal);
        Assert.Contains("Gave up on", Logs(program)[1], StringComparison.Ordinal);
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task A_wrong_password_ends_the_program_at_once_and_is_never_shown()
    {
        Broker.On<ConnectionStartOk>().CloseConnection(403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.");
        var program = StartWith(["--uri", $"amqp://alice:{Secret}@{Endpoint}/prod", "--output", "json"]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Equal(
            [
                "WRN] The password in --uri shows in the process list; use --password-file or the variable CLUSTER_TEST_URI",
                $"FTL] Cannot go on at {Endpoint} (user alice, virtual host prod): the broker refused the login "
                    + "(403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN). "
                    + "Check user name and password; the user guest may log in from the broker's own host only",
            ],
            Logs(program).Take(2));
        Assert.Equal("authentication-failed", Assert.Single(Events(program, "fatal")).GetProperty("cause").GetString());
        Assert.Contains(Secret, Assert.Single(Broker.Received.OfType<ConnectionStartOk>()).Response, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, program.StandardError.ToString() + program.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_stays_secret_with_every_attempt_logged()
    {
        Broker.On<ConnectionStartOk>().CloseConnection(403, "ACCESS_REFUSED - Login was refused");
        var program = StartWith(["--verbose"], variable: $"amqp://alice:{Secret}@{Endpoint}");
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains(program.StandardError, line => line.StartsWith("   at ", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, program.StandardError.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_virtual_host_ends_the_program_at_once()
    {
        Broker.On<ConnectionOpen>().CloseConnection(530, "NOT_ALLOWED - vhost nope not found");
        var program = StartWith(["--uri", $"amqp://{Endpoint}/nope"]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Equal(
            $"FTL] Cannot go on at {Endpoint} (user guest, virtual host nope): the broker refused the virtual host "
                + "(530 NOT_ALLOWED - vhost nope not found). Check the virtual host's name and the user's permissions on it",
            Logs(program)[0]);
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task A_queue_of_another_type_ends_the_program_at_once_and_keeps_its_messages()
    {
        Broker.Enqueue(Queue, "in a classic queue");
        var program = Start("--log-format", "json");
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        var log = Parse(program.StandardError[0]);
        Assert.Equal("Fatal", log.GetProperty("@l").GetString());
        var cause = log.GetProperty("Cause").GetString();
        Assert.StartsWith(
            "an exchange or queue of this name exists with other properties (406 PRECONDITION_FAILED - inequivalent arg 'x-queue-type'",
            cause,
            StringComparison.Ordinal);
        Assert.Contains("--queue-type", cause, StringComparison.Ordinal);
        Assert.Single(Broker.Queue(Queue).Ready);
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task A_lost_permission_ends_the_program_at_once()
    {
        Broker.On<QueueDeclare>().CloseChannel(403, "ACCESS_REFUSED - configure access to queue 'cluster_test' refused for user 'guest'");
        var program = Start();
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains("Grant the user configure, write and read permission on these names", Logs(program)[0], StringComparison.Ordinal);
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task What_a_peer_says_cannot_steer_the_terminal()
    {
        Broker.On<ConnectionOpen>().CloseConnection(530, "NOT_ALLOWED\u001b[2J\n[00:00:00.000 INF] all is well");
        var program = Start();
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains("NOT_ALLOWED [2J [00:00:00.000 INF] all is well", Logs(program)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_as_approved()
    {
        var program = StartWith(["--help"]);
        Assert.Equal(0, await program.ExitCodeAsync(Patience));
        var received = new StringBuilder().AppendJoin('\n', program.StandardOutput.Select(line => line.TrimEnd())).ToString().Trim() + "\n";
        var approved = Path.Combine(AppContext.BaseDirectory, "Help.approved.txt");
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Help.received.txt"), received, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken), received);
        Assert.Empty(program.StandardError);
    }

    private async Task AssertGivesUpAsync(ProgramUnderTest program, string? warning, string cause, string? endpoint = null)
    {
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        var logs = Logs(program);
        var last = logs[0];
        if (warning is not null)
        {
            Assert.Equal(warning, logs[0]);
            last = logs[1];
        }

        Assert.Matches($@"^FTL\] Gave up on {endpoint ?? Endpoint} after [0-9.]+m?s \(\d+ attempts?\): ", last);
        Assert.EndsWith($": {cause}", last, StringComparison.Ordinal);
        AssertNoStackTrace(program);
        Assert.Empty(program.StandardOutput);
    }
}
