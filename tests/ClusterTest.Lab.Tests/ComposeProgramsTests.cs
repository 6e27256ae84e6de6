using System.Globalization;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines.Compose;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Both programs in containers, compiled to native code, beside the cluster.</summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeProgramsTests : IAsyncDisposable
{
    private const string Project = "cluster-test-programs";

    private static readonly Dictionary<string, string?> Ports = new()
    {
        ["BALANCER_PORT"] = "9870",
        ["BALANCER_TLS_PORT"] = "9871",
        ["STATISTICS_PORT"] = "12300",
        ["MANAGEMENT_PORT"] = "19872",
    };

    private string[] _files = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    [InlineData("docker-compose.yml")]
    [InlineData("docker-compose.yml", "docker-compose.secure.yml")]
    public async Task Messages_flow_on_when_a_node_is_stopped(params string[] files)
    {
        _files = [.. files.SelectMany(static file => new[] { "--file", Path.Combine(RepositoryRoot.Find(), file) })];
        _ = await ComposeAsync("up", "--detach", "--wait", "--build");

        foreach (var program in new[] { "consumer", "producer" })
        {
            var id = (await ComposeAsync("ps", "--quiet", program)).Trim();
            const string Format = "{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.HostConfig.CapDrop}}";
            Assert.Equal("true 1654:1654 [ALL]", (await DockerCli.RunOrFailAsync(["inspect", "--format", Format, id], Token)).Trim());
        }

        await UntilAsync("messages flow", async () => await ReceivedAsync() > 2);
        var node = await NodeOfConsumerAsync();
        _ = await ComposeAsync("exec", "--no-TTY", node, "rabbitmqctl", "stop_app");
        await UntilAsync($"the consumer has left {node}", async () => (await LogAsync()).Contains("Recovered at haproxy:", StringComparison.Ordinal));
        var before = await ReceivedAsync();
        await UntilAsync("messages flow again", async () => await ReceivedAsync() > before + 2);
    }

    public async ValueTask DisposeAsync()
    {
        if (_files.Length > 0)
        {
            _ = await ComposeAsync("down", "--volumes", "--rmi", "local", "--timeout", "0");
        }
    }

    // If the condition does not hold in time, the output of the programs says why.
    private async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        try
        {
            await Eventually.TrueAsync(condition);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(
                $"Not within {TestLab.Patience.TotalMinutes:0} minutes: {what}. {await ComposeAsync("ps", "--all")}\n"
                + await ComposeAsync("logs", "--no-color", "--tail", "30", "consumer", "producer", "haproxy"));
        }
    }

    private async Task<int> ReceivedAsync() => (await LogAsync()).Split("Received: Cluster Test!/").Length - 1;

    private Task<string> LogAsync() => ComposeAsync("logs", "--no-log-prefix", "--no-color", "consumer");

    private async Task<string> NodeOfConsumerAsync()
    {
        var connections = ClientConnections.Parse(await ComposeAsync(["exec", "--no-TTY", "rabbit1", "rabbitmqctl", .. ClientConnections.Command]));
        return connections.First(static connection => connection.Name == "cluster-test-consumer").Node;
    }

    private async Task<string> ComposeAsync(params string[] arguments)
    {
        var done = await DockerCli.RunAsync(
            ["compose", "--project-name", Project, .. _files, "--profile", "apps", .. arguments], CancellationToken.None, Ports);
        Assert.True(done.ExitCode is 0, string.Create(CultureInfo.InvariantCulture, $"docker compose {arguments[0]} ended with {done.ExitCode}: {done.Error}"));
        return done.Output;
    }
}
