using System.Text;
using ClusterTest.Lab.Faults;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>What differs between the generations of RabbitMQ, seen by a plain client: every line of docs/compatibility.md.</summary>
public sealed class GenerationTests(ClusterFixture fixture)
{
    private static readonly Version Fourth = new(4, 0);

    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _queue = $"cluster_test_{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metadata_is_kept_in_khepri_or_mnesia()
    {
        var answer = await fixture.Cluster.CtlAsync("rabbit1", ["eval", "try rabbit_khepri:is_enabled() catch _:_ -> false end."], Token);

        Assert.Equal(await VersionAsync() >= Fourth ? "true" : "false", answer.Output.Trim());
    }

    // 4.3.0 denies them; 4.3.6 as Debian builds it permits them, and says so. 3.10 does not know the question.
    [Fact]
    public async Task A_transient_queue_that_is_not_exclusive_is_refused_where_that_deprecated_feature_is_denied()
    {
        const string feature = "transient_nonexcl_queues";
        var features = await fixture.Cluster.CtlAsync("rabbit1", ["list_deprecated_features", "name", "state"], Token);
        Assert.Equal(await VersionAsync() >= Fourth, features.Output.Contains(feature, StringComparison.Ordinal));
        var isDenied = features.Output.Split('\n').Any(line =>
            line.Contains(feature, StringComparison.Ordinal) && line.Contains("denied", StringComparison.Ordinal));
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var refusal = await Record.ExceptionAsync(() =>
            channel.QueueDeclareAsync(_queue, durable: false, exclusive: false, autoDelete: false, cancellationToken: Token));

        if (isDenied)
        {
            var reason = Assert.IsType<OperationInterruptedException>(refusal).ShutdownReason!;
            Assert.Equal(541, reason.ReplyCode);
            Assert.Contains(feature, reason.ReplyText, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(refusal);
            await channel.QueueDeleteAsync(_queue, cancellationToken: Token);
        }
    }

    // Field lesson 22: since 4.0 a quorum queue drops a message that came back more than 20 times; lost connections count.
    [Fact]
    public async Task A_message_that_comes_back_too_often_is_dropped_or_kept()
    {
        const int comesBack = 25;
        await using var connection = await ConnectAsync();
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Token))
        {
            var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
            _ = await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: Token);
            await channel.BasicPublishAsync("", _queue, Encoding.UTF8.GetBytes("kept?"), Token);
        }

        var gotten = 0;
        for (var i = 0; i < comesBack && await GetAndLoseAsync(connection); i++)
        {
            gotten++;
        }

        Assert.Equal(await VersionAsync() >= Fourth ? 21 : comesBack, gotten);
        await using var remover = await connection.CreateChannelAsync(cancellationToken: Token);
        _ = await remover.QueueDeleteAsync(_queue, cancellationToken: Token);
    }

    [Fact]
    public async Task A_classic_queue_is_the_same_with_and_without_its_type()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        Dictionary<string, object?> typed = new() { ["x-queue-type"] = "classic" };
        foreach (var (first, second) in new (Dictionary<string, object?>?, Dictionary<string, object?>?)[] { (null, typed), (typed, null) })
        {
            _ = await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, first, cancellationToken: Token);
            _ = await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, second, cancellationToken: Token);
            _ = await channel.QueueDeleteAsync(_queue, cancellationToken: Token);
        }
    }

    [Fact]
    public async Task A_policy_that_mirrors_classic_queues_is_refused_or_taken()
    {
        var set = await fixture.Cluster.CtlAsync("rabbit1", ["set_policy", _queue, $"^{_queue}$", """{"ha-mode":"all"}"""], Token);

        Assert.Equal(await VersionAsync() >= Fourth, set.ExitCode is not 0);
        if (set.ExitCode is 0)
        {
            Assert.Equal(0, (await fixture.Cluster.CtlAsync("rabbit1", ["clear_policy", _queue], Token)).ExitCode);
        }
    }

    [Fact]
    public async Task A_classic_queue_whose_node_is_down_is_refused_with_404_in_other_words()
    {
        var home = "rabbit3";
        await using (var connection = await ConnectAsync(home))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            _ = await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        }

        await new StopApp().InjectAsync(fixture.Cluster, home, Token);
        try
        {
            await using var connection = await ConnectAsync("rabbit1");
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            var refusal = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(_queue, Token));

            Assert.Equal(404, refusal.ShutdownReason!.ReplyCode);
            Assert.Contains(
                await VersionAsync() >= Fourth ? "process is stopped by supervisor" : "is down or inaccessible",
                refusal.ShutdownReason.ReplyText,
                StringComparison.Ordinal);
        }
        finally
        {
            await fixture.Cluster.HealAsync(cancellationToken: Token);
        }

        await using var cleaner = await ConnectAsync(home);
        await using var remover = await cleaner.CreateChannelAsync(cancellationToken: Token);
        _ = await remover.QueueDeleteAsync(_queue, cancellationToken: Token);
    }

    // What was not acked comes back when its channel closes, though not at once; what does not come back for long is gone.
    private async Task<bool> GetAndLoseAsync(IConnection connection)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Gone)
        {
            if (await channel.BasicGetAsync(_queue, autoAck: false, Token) is not null)
            {
                return true;
            }

            await Task.Delay(PollInterval, TimeProvider.System, Token);
        }

        return false;
    }

    private async Task<Version> VersionAsync() =>
        Version.Parse((await fixture.Cluster.GetStatusAsync(Token)).Nodes.Select(static node => node.Version).First(static version => version is not null)!);

    private Task<IConnection> ConnectAsync() => ConnectAsync(fixture.Host, fixture.Port);

    private async Task<IConnection> ConnectAsync(string node)
    {
        var address = await fixture.Cluster.FindAddressAsync(node, Token);
        return await ConnectAsync(address.Host, address.Port);
    }

    private static Task<IConnection> ConnectAsync(string host, int port) =>
        new ConnectionFactory { HostName = host, Port = port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Token);
}
