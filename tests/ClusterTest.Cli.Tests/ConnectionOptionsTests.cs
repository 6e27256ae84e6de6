using System.CommandLine;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class ConnectionOptionsTests
{
    private readonly List<string> _warnings = [];
    private string? _variable;

    [Fact]
    public void Takes_the_balancer_on_this_machine_unless_told()
    {
        var options = Bind();
        Assert.Equal([new ClusterEndpoint("localhost", 5670)], options.Endpoints);
        Assert.Equal(("guest", "guest", "/", "test", 1), (options.UserName, options.Password(), options.VirtualHost, options.ClientName, options.Sessions));
        Assert.Equal(
            new Topology { Exchange = "cluster_test", Queue = "cluster_test", RoutingKey = "cluster_test", QueueType = QueueType.Quorum },
            options.Topology);
        Assert.Equal(
            (TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(7), TimeSpan.FromSeconds(1)),
            (options.Heartbeat, options.RecoveryTimeout, options.MaxBackoff));
    }

    [Fact]
    public void Takes_every_option()
    {
        var options = Bind(
            "host", "1",
            "--exchange", "e", "--queue", "q", "--routing-key", "k", "--queue-type", "classic",
            "--sessions", "2", "--heartbeat", "3s", "--retry-for", "1.5s", "--max-backoff", "4s",
            "--client-name", "c");
        Assert.Equal([new ClusterEndpoint("host", 1)], options.Endpoints);
        Assert.Equal(new Topology { Exchange = "e", Queue = "q", RoutingKey = "k", QueueType = QueueType.Classic }, options.Topology);
        Assert.Equal((2, TimeSpan.FromSeconds(3), "c"), (options.Sessions, options.Heartbeat, options.ClientName));
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(4)), (options.RecoveryTimeout, options.MaxBackoff));
    }

    [Theory]
    [InlineData(null, "", "localhost:5670")]
    [InlineData(null, "host", "host:5670")]
    [InlineData(null, "host 1234", "host:1234")]
    [InlineData("amqp://env:1", "", "env:1")]
    [InlineData("amqp://env:1", "host", "host:5670")]
    [InlineData("amqp://env:1", "host 1234", "host:1234")]
    [InlineData("amqp://env:1", "--uri amqp://uri:2", "uri:2")]
    [InlineData(null, "--uri amqp://uri:2 --uri amqp://[::1]", "uri:2 [::1]:5672")]
    [InlineData(null, "[::1] 1234", "[::1]:1234")]
    [InlineData(null, "::1", "[::1]:5670")]
    [InlineData("", "", "localhost:5670")]
    public void Prefers_the_command_line_to_the_environment_to_the_default(string? variable, string line, string endpoints)
    {
        _variable = variable;
        Assert.Equal(endpoints, string.Join(' ', Bind(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Endpoints));
    }

    [Theory]
    [InlineData("amqp://env:pw@h/v", "", "env", "pw", "v")]
    [InlineData("amqp://env:pw@h/v", "host 1", "guest", "guest", "/")]
    [InlineData("amqp://env:pw@h/v", "h 1", "guest", "guest", "/")]
    [InlineData("amqp://env:pw@h/v", "H 5672", "env", "pw", "v")]
    [InlineData("amqps://env:pw@h/v", "h 5671", "env", "pw", "v")]
    [InlineData("amqps://env:pw@h:5672/v", "--uri amqp://h:5672", "guest", "guest", "/")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://host", "guest", "guest", "/")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://h", "env", "pw", "v")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://env@host/w", "env", "guest", "w")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://env@h/w", "env", "pw", "w")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://env@h --uri amqp://env@other", "env", "guest", "/")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://alice:secret@host/w", "alice", "secret", "w")]
    [InlineData("amqp://env:pw@h/v", "--uri amqp://alice@h/w", "alice", "guest", "w")]
    [InlineData(null, "--uri amqp://alice:secret@host --uri amqp://alice:secret@other/%2f", "alice", "secret", "/")]
    public void Never_sends_a_password_to_another_address_or_for_another_user(string? variable, string line, string user, string password, string virtualHost)
    {
        _variable = variable;
        var options = Bind(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((user, password, virtualHost), (options.UserName, options.Password(), options.VirtualHost));
    }

    [Theory]
    [InlineData("from file\n", "from file")]
    [InlineData("from file\r\nsecond line", "from file")]
    [InlineData(" päss ", " päss ")]
    public async Task Takes_the_password_from_the_first_line_of_a_file_before_all_else(string text, string password)
    {
        using var file = await TemporaryFile.WithAsync(text);
        _variable = "amqp://env:pw@h";
        Assert.Equal(password, Bind("--password-file", file.Path).Password());
        Assert.Equal(password, Bind("--password-file", file.Path, "--uri", "amqp://alice:secret@h").Password());
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Reads_the_password_file_again_for_each_connect_and_keeps_what_it_has_while_that_is_bad()
    {
        // Field lesson 47.
        using var file = await TemporaryFile.WithAsync("old\n");
        var password = Bind("--password-file", file.Path).Password;
        Assert.Equal("old", password());
        await File.WriteAllTextAsync(file.Path, "new\n", TestContext.Current.CancellationToken);
        Assert.Equal("new", password());
        await File.WriteAllTextAsync(file.Path, "", TestContext.Current.CancellationToken);
        Assert.Equal(("new", "new"), (password(), password()));
        File.Delete(file.Path);
        Assert.Equal("new", password());
        Assert.Equal(
            [
                $"--password-file: the first line of {file.Path} is empty; it should be the password. The program uses what it read before",
                $"--password-file: there is no file {file.Path}. The program uses what it read before",
            ],
            _warnings);
        await File.WriteAllTextAsync(file.Path, "newest", TestContext.Current.CancellationToken);
        Assert.Equal("newest", password());
    }

    [Fact]
    public async Task Reads_a_password_from_a_pipe_once()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        await pipe.WriteAsync("piped\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var password = Bind("--password-file", $"/proc/self/fd/{pipe.GetClientHandleAsString()}").Password;

        // The pipe stays open: read again, it would never end.
        Assert.Equal(("piped", "piped"), (password(), password()));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData(null, "--uri amqp://alice:secret@h", true)]
    [InlineData(null, "--uri amqp://alice:secret@h --uri amqp://alice:secret@i", true)]
    [InlineData(null, "--uri amqp://alice@h", false)]
    [InlineData("amqp://alice:secret@h", "", false)]
    public void Knows_when_a_password_shows_in_the_process_list(string? variable, string line, bool shows)
    {
        _variable = variable;
        Assert.Equal(shows, Options(out var command).ShowsPassword(command.Parse(line)));
    }

    [Theory]
    [InlineData("a --uri amqp://x", "Give either HOST and PORT or --uri, not both.")]
    [InlineData(
        "--uri http://alice:secret@x",
        "--uri: it is not of the form amqp://user:password@host:port/vhost (or amqps://); special characters in user, password and vhost are written %xx.")]
    [InlineData("amqp://alice:secret@h", "HOST: this is a URI; write --uri before it.")]
    [InlineData("h:5670", "HOST: 'h:5670' is host and port in one; write a space between them, not a colon.")]
    [InlineData("a_b/c", "HOST: 'a_b/c' is neither a host name nor an address.")]
    [InlineData("\"\"", "HOST: '' is neither a host name nor an address.")]
    [InlineData("--seesions 2", "--seesions: there is no such option; did you mean --sessions?")]
    [InlineData("localhost --seesions=2", "--seesions: there is no such option; did you mean --sessions?")]
    [InlineData("--frobnicate", "--frobnicate: there is no such option; --help lists them.")]
    [InlineData("h 0", "PORT: '0' is not a port number; allowed is 1 to 65535.")]
    [InlineData("h -1", "PORT: '-1' is not a port number; allowed is 1 to 65535.")]
    [InlineData("h 65536", "PORT: '65536' is not a port number; allowed is 1 to 65535.")]
    [InlineData("h amqp", "PORT: 'amqp' is not a port number; allowed is 1 to 65535.")]
    [InlineData("--queue-type lazy", "--queue-type: 'lazy' is not one of quorum, classic.")]
    [InlineData("--sessions 0", "--sessions: '0' is not a number of sessions; allowed is 1 to 64.")]
    [InlineData("--sessions two", "--sessions: 'two' is not a number of sessions; allowed is 1 to 64.")]
    [InlineData("--heartbeat 1500ms", "--heartbeat: '1500ms' is not allowed; allowed are whole seconds from 1s to 65535s.")]
    [InlineData("--heartbeat 0s", "--heartbeat: '0s' is not a duration from 1ms to 576h; write it like 500ms, 3s or 10m.")]
    [InlineData("--heartbeat 65536s", "--heartbeat: '65536s' is not allowed; allowed are whole seconds from 1s to 65535s.")]
    [InlineData("--max-backoff 1ms", "--max-backoff: '1ms' is not allowed; allowed is 10ms to 1h.")]
    [InlineData("--retry-for 5", "--retry-for: '5' is not a duration from 1ms to 576h; write it like 500ms, 3s or 10m.")]
    [InlineData("--queue \"\"", "--queue: a name is 1 to 247 bytes long.")]
    [InlineData("--queue", "Required argument missing for option: '--queue'.")]
    [InlineData("--uri", "Required argument missing for option: '--uri'.")]
    [InlineData("--password-file", "Required argument missing for option: '--password-file'.")]
    [InlineData("--password-file /nowhere/file", "--password-file: there is no file /nowhere/file.")]
    [InlineData("--password-file /", "--password-file: / cannot be read; it must be a file that this user may read.")]
    [InlineData("--password-file /dev/null", "--password-file: the first line of /dev/null is empty; it should be the password.")]
    public void Says_what_is_wrong_with_the_command_line(string line, string error)
    {
        Options(out var command);
        Assert.Equal(error, Assert.Single(command.Parse(line).Errors.Select(found => found.Message).Distinct()));
    }

    [Fact]
    public void Says_that_the_variable_is_wrong_without_showing_it()
    {
        _variable = "amqp//alice:secret@h";
        Options(out var command);
        var error = Assert.Single(command.Parse("").Errors).Message;
        Assert.StartsWith("CLUSTER_TEST_URI: it is not of the form amqp://", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_room_in_the_name_of_the_queue_for_the_parked_one()
    {
        Options(out var command);
        Assert.Empty(command.Parse(["--queue", new string('q', 247)]).Errors);
        Assert.NotEmpty(command.Parse(["--queue", new string('q', 248)]).Errors);
        Assert.NotEmpty(command.Parse(["--queue", new string('ü', 124)]).Errors);
    }

    private ConnectionOptions Options(out RootCommand command)
    {
        var options = new ConnectionOptions("test", "for ever", name => name == "CLUSTER_TEST_URI" ? _variable : null);
        command = [];
        options.AddTo(command);
        return options;
    }

    private ClusterOptions Bind(params string[] line)
    {
        var options = Options(out var command);
        var parsed = command.Parse(line);
        Assert.Empty(parsed.Errors);
        return options.Bind(parsed, TimeSpan.FromMinutes(7), _warnings.Add);
    }
}
