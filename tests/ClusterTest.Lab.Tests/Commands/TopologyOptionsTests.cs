using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

/// <summary>Options that only some topologies have a use for. No lab is started.</summary>
public sealed class TopologyOptionsTests : IDisposable
{
    private readonly StateDirectory _folder = new();

    [Theory]
    [InlineData("The topology warren has no plan sideways. It has failback, upgrade.", "drill", "--topology", "warren", "--plan", "sideways")]
    [InlineData("The topology cluster has no plan upgrade, nor any other. It takes --topology warren.", "drill", "--plan", "upgrade")]
    [InlineData("nor any other. The plans are failback (--topology warren), upgrade (--topology warren), ", "drill", "--plan", "sideways")]
    [InlineData("is not up. Start it with ./lab up --topology shovel.", "fault", "cut-link")]
    [InlineData("is not up. Start it with ./lab up --topology warren.", "fault", "hand-over", "primary")]
    [InlineData("is not up. Start it with ./lab up --topology shovel.", "fault", "kill", "a1")]
    [InlineData("is not up. Start it with ./lab up.", "fault", "kill", "rabbit1")]
    [InlineData("is not up. Start it with ./lab up --topology warren.", "ctl", "standby", "status")]
    [InlineData("is not up. Start it with ./lab up.", "heal")]
    [InlineData("The topology cluster has no Shovel, so an ack mode changes nothing.", "drill", "--ack-mode", "no-ack")]
    [InlineData("--standby: the topology cluster has no such node.", "up", "--standby", "/nowhere")]
    [InlineData("--primary: the topology shovel has no such node.", "drill", "--topology", "shovel", "--primary", "/nowhere")]
    [InlineData("Not installed: /nowhere/rabbitmq-server", "up", "--topology", "warren", "--standby", "/nowhere/rabbitmq-server")]
    [InlineData(
        "--standby takes the folder of an installation of RabbitMQ, or its start script rabbitmq-server.",
        "up", "--topology", "warren", "--standby", "/nowhere")]
    [InlineData("--primary or --standby takes the folder", "up", "--topology", "warren", "--primary", "/nowhere", "--standby", "/nowhere")]
    [InlineData("--broker takes the folder", "up", "--broker", "/nowhere")]
    [InlineData("--haproxy takes the path of the program.", "up", "--haproxy", "/nowhere")]
    [InlineData("The topology warren does not run with --secure: its Shovel logs in", "up", "--topology", "warren", "--secure")]
    [InlineData("The topology shovel does not run with --secure: its Shovel logs in", "up", "--topology", "shovel", "--secure")]
    public async Task Where_they_make_no_sense_they_are_refused_before_anything_starts(string reason, params string[] command)
    {
        var (exitCode, output, error) = await _folder.RunAsync(["--engine", "native", .. command]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up", "--broker", "/nowhere")]
    [InlineData("drill", "--broker", "/nowhere")]
    [InlineData("soak", "--haproxy", "/nowhere")]
    [InlineData("heal")]
    [InlineData("fault", "kill", "rabbit1")]
    [InlineData("down")]
    [InlineData("drill", "--plan", "upgrade")]
    public async Task What_starts_and_changes_nothing_makes_no_folder(params string[] command)
    {
        _ = await _folder.RunAsync(["--engine", "native", .. command]);

        Assert.False(Directory.Exists(_folder.Path));
    }

    [Fact]
    public async Task A_port_that_is_in_use_leaves_no_folder_behind()
    {
        using var other = new TcpListener(IPAddress.Loopback, TestLab.PortBase);
        other.Start();

        foreach (var command in new[] { "up", "drill" })
        {
            _ = await _folder.RunAsync(["--engine", "native", command]);

            Assert.False(Directory.Exists(_folder.Path));
        }
    }

    [Theory]
    [InlineData("heal")]
    [InlineData("fault", "kill", "rabbit1")]
    public async Task A_lab_that_was_never_started_gets_no_lock(params string[] command)
    {
        _ = Directory.CreateDirectory(_folder.Path);

        var (exitCode, _, error) = await _folder.RunAsync(["--engine", "native", .. command]);

        Assert.Equal(2, exitCode);
        Assert.Contains("is not up", error, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Compose_gets_the_image_of_a_node_in_the_environment()
    {
        using var docker = new FakeDocker("""
            version*) echo 28.0 ;;
            "compose version"*) echo 2.30 ;;
            "context inspect"*) echo unix:///var/run/docker.sock ;;
            info*) printf '%s\n' '"Debian GNU/Linux 12"' '[]' '"'$(uname -r)'"' ;;
            compose*) echo "primary: $PRIMARY_IMAGE, standby: $STANDBY_IMAGE." >&2; exit 1 ;;
            """);

        var (exitCode, _, error) = await _folder.RunAsync(
            ["--engine", "compose", "up", "--topology", "warren", "--standby", "localhost:1/rabbitmq:3.10"], environment: docker.Environment);

        Assert.Equal(2, exitCode);
        Assert.Contains(
            $"primary: {Environment.GetEnvironmentVariable("PRIMARY_IMAGE")}, standby: localhost:1/rabbitmq:3.10.", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
