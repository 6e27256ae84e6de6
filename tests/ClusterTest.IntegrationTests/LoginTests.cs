using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>What a real broker refuses for a while to a program that it let in before, or would let in but for a limit.</summary>
public sealed class LoginTests(ClusterFixture fixture) : IAsyncLifetime
{
    private readonly string _name = $"login_{Guid.NewGuid():N}"; // of the user, and of the virtual host
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-login-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PasswordFile => Path.Combine(_files.FullName, "password");

    public async ValueTask InitializeAsync()
    {
        await CtlAsync("add_user", _name, "old");
        await AddVirtualHostAsync();
        await File.WriteAllTextAsync(PasswordFile, "old\n", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["delete_vhost", _name], CancellationToken.None);
        await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["delete_user", _name], CancellationToken.None);
        _files.Delete(recursive: true);
    }

    [Fact]
    public async Task A_password_that_was_changed_is_used_once_it_is_in_the_file()
    {
        // Field lesson 47.
        await using var consumer = StartConsumer();
        await LosesItsLoginAsync(consumer);
        await File.WriteAllTextAsync(PasswordFile, "new\n", Token);
        await Programs.EventAsync<ReadyEvent>(consumer, ready => ready.Generation == 2);
        await EndAsync(consumer);
    }

    [Fact]
    public async Task A_password_that_is_wrong_for_a_while_is_tried_again()
    {
        // spring-amqp#823, #2311, amqplib#392, MassTransit#6172
        await using var consumer = StartConsumer();
        await LosesItsLoginAsync(consumer);
        await CtlAsync("change_password", _name, "old");
        await Programs.EventAsync<ReadyEvent>(consumer, ready => ready.Generation == 2);
        await EndAsync(consumer);
    }

    [Fact]
    public async Task A_virtual_host_that_is_deleted_and_made_again_is_waited_for()
    {
        // Field lesson 46.
        await using var consumer = StartConsumer();
        await Programs.EventAsync<ReadyEvent>(consumer);
        await CtlAsync("delete_vhost", _name);
        await SaysAsync(consumer, "the broker refused"); // first the queue is gone, and the permissions, then the virtual host
        await AddVirtualHostAsync();
        await Programs.EventAsync<ReadyEvent>(consumer, ready => ready.Generation == 2);
        await EndAsync(consumer);
    }

    [Theory]
    [InlineData("set_user_limits", """{"max-connections":0}""", "user connection limit")]
    [InlineData("set_user_limits", """{"max-channels":1}""", "has reached the maximum allowed user limit")]
    [InlineData("set_vhost_limits", """{"max-connections":0}""", "connection limit")]
    [InlineData("set_vhost_limits", """{"max-queues":0}""", "queue limit")]
    public async Task A_limit_that_is_reached_is_named_and_waited_for(string command, string limits, string said)
    {
        // Field lesson 46.
        string[] where = command == "set_user_limits" ? [_name] : ["-p", _name];
        await CtlAsync([command, .. where, limits]);
        await using var consumer = StartConsumer();
        var line = await SaysAsync(consumer, "a limit of the broker is reached");
        Assert.Contains(said, line, StringComparison.Ordinal);
        string[] which = command == "set_user_limits" ? ["all"] : [];
        await CtlAsync([command.Replace("set", "clear", StringComparison.Ordinal), .. where, .. which]);
        await Programs.EventAsync<ReadyEvent>(consumer);
        await EndAsync(consumer);
    }

    // It was ready; then its password is another one, and its connection closed.
    private async Task LosesItsLoginAsync(ProgramUnderTest consumer)
    {
        await Programs.EventAsync<ReadyEvent>(consumer);
        await CtlAsync("change_password", _name, "new");
        await CloseConnectionsAsync();
        await SaysAsync(consumer, "the broker refused the login");
    }

    private static async Task<string> SaysAsync(ProgramUnderTest program, string text) =>
        await program.StandardError.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), timeout: Programs.Patience);

    private static async Task EndAsync(ProgramUnderTest consumer)
    {
        consumer.Send(Signal.Terminate);
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
    }

    private ProgramUnderTest StartConsumer() => ProgramUnderTest.Start(
        "cluster-test-consumer",
        [
            "--uri", string.Create(CultureInfo.InvariantCulture, $"amqp://{_name}@{fixture.Host}:{fixture.Port}/{_name}"),
            "--password-file", PasswordFile,
            "--output", "json",
        ]);

    private async Task AddVirtualHostAsync()
    {
        await CtlAsync("add_vhost", _name);
        await CtlAsync("set_permissions", "-p", _name, _name, ".*", ".*", ".*");
    }

    // What is called global means one node, all virtual hosts; and the balancer chooses the consumer's node.
    private async Task CloseConnectionsAsync()
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var result = await fixture.Cluster.CtlAsync(node.Name, ["close_all_connections", "--global", "rotation"], Token);
            Assert.True(result.ExitCode == 0, $"rabbitmqctl close_all_connections on {node.Name}: {result}");
        }
    }

    private async Task CtlAsync(params string[] arguments)
    {
        var result = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, Token);
        Assert.True(result.ExitCode == 0, $"rabbitmqctl {string.Join(' ', arguments)}: {result}");
    }
}
