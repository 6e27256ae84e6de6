using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.FailureKind;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>What the broker refuses for a while, in the moment of a failover above all.</summary>
public sealed class RefusalTests : BrokerTest
{
    [Theory]
    [InlineData("login", AuthenticationFailed)]
    [InlineData("virtual host gone", VirtualHostRefused)]
    [InlineData("virtual host", VirtualHostRefused)]
    [InlineData("permission", AccessRefused)]
    [InlineData("user's connections", LimitReached)]
    [InlineData("user's channels", LimitReached)]
    [InlineData("queues", LimitReached)]
    public async Task Goes_on_trying_what_was_accepted_before(string what, FailureKind kind)
    {
        // Field lesson 46: spring-amqp#823, bitnami/charts#5829.
        var consumer = Consume();
        await OpenAsync();
        var rule = Refuse(what);
        Broker.OpenConnections[0].Reset();
        await Broker.WaitForAsync(_ => rule.Hits >= 5);
        Assert.False(consumer.Completion.IsCompleted);
        rule.Remove();
        await OpenAsync(2);

        // It is told, once: that the session was lost, and that something else keeps it away.
        Assert.Equal(
            [(Open, ClosedByPeer), (Recovering, kind)],
            Events.Items.Where(change => change.To == Recovering).Select(change => (change.From, change.Cause!.Kind)));
    }

    [Theory]
    [InlineData("user's connections")]
    [InlineData("user's channels")]
    [InlineData("queues")]
    public async Task Waits_from_the_first_connect_on_while_a_limit_is_reached(string what)
    {
        // Field lesson 46: during a failover clients move to fewer nodes.
        var rule = Refuse(what);
        var consumer = Consume();
        await Broker.WaitForAsync(_ => rule.Hits >= 5);
        Assert.False(consumer.Completion.IsCompleted);
        rule.Remove();
        await OpenAsync();
        var late = Assert.Single(Events.Items, change => change.To == Recovering);
        Assert.Equal((Opening, LimitReached), (late.From, late.Cause!.Kind));
        Assert.Contains("limit", late.Cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login", true, AuthenticationFailed)]
    [InlineData("queues", false, LimitReached)]
    public async Task Ends_when_it_has_heard_nothing_else_for_as_long_as_allowed(string what, bool opensBefore, FailureKind kind)
    {
        var consumer = Consume(Cluster with { RefusalTimeout = TimeSpan.FromSeconds(0.5) });
        if (opensBefore)
        {
            await OpenAsync();
        }

        var rule = Refuse(what);
        Broker.OpenConnections.SingleOrDefault()?.Reset();
        var exception = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal((kind, FailureSeverity.Fatal), (exception.Failure.Kind, exception.Failure.Severity));
        await Broker.WaitForAsync(_ => rule.Hits > 2);
    }

    [Fact]
    public async Task Ends_at_once_when_nothing_is_allowed()
    {
        var consumer = Consume(Cluster with { RefusalTimeout = TimeSpan.Zero });
        await OpenAsync();
        var rule = Refuse("login");
        Broker.OpenConnections[0].Reset();
        await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
        Assert.Equal(1, rule.Hits);
    }

    [Fact]
    public async Task Never_ends_while_another_session_is_open()
    {
        var allowed = TimeSpan.FromMilliseconds(200);
        var consumer = Consume(Cluster with { Sessions = 2, RefusalTimeout = allowed });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        var rule = Refuse("login");
        Broker.OpenConnections[1].Reset();
        var refused = await Events.WaitForAsync(change => change.Cause?.Kind == AuthenticationFailed);
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - refused.At > 3 * allowed);
        var hits = rule.Hits;
        await Broker.WaitForAsync(_ => rule.Hits > hits);
        Assert.False(consumer.Completion.IsCompleted);
        Broker.Enqueue(Name, "meanwhile");
        Assert.Equal(["meanwhile"], await AckedAsync(1));

        Broker.OpenConnections[0].Reset(); // now the time counts
        await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(Token));
    }

    [Fact]
    public async Task Asks_for_the_password_at_each_connect()
    {
        var passwords = new Queue<string>(["old", "new"]);
        Consume(Cluster with { Password = passwords.Dequeue });
        await OpenAsync();
        Broker.OpenConnections[0].Reset();
        await OpenAsync(2);
        Assert.Equal(["\0guest\0old", "\0guest\0new"], Broker.Received.OfType<ConnectionStartOk>().Select(start => start.Response));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("certificates")]
    public async Task Retries_when_it_cannot_get_what_to_log_in_with(string what)
    {
        var count = 0;
        Consume(Cluster with
        {
            Endpoints = [Endpoint with { UseTls = what == "certificates" }],
            Password = () => what == "password" && ++count < 5 ? throw new IOException("the vault is shut") : "guest",
            Tls = () => ++count < 5 ? throw new IOException("the vault is shut") : throw new InvalidOperationException("open"),
        });
        var late = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal((Other, FailureSeverity.Transient), (late.Cause!.Kind, late.Cause.Severity));
        Assert.Contains("the vault is shut", late.Cause.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => count >= 5);
    }

    private Rule Refuse(string what) => what switch
    {
        "login" => Broker.On<ConnectionStartOk>().CloseConnection(
            403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."),
        "virtual host gone" => Broker.On<ConnectionOpen>().CloseConnection(530, "NOT_ALLOWED - vhost / not found"),
        "virtual host" => Broker.On<ConnectionOpen>().CloseConnection(530, "NOT_ALLOWED - access to vhost '/' refused for user 'guest'"),
        "permission" => Broker.On<QueueDeclare>().CloseChannel(403, "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'guest'"),
        "user's connections" => Broker.On<ConnectionOpen>().CloseConnection(
            530, "NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached"),
        "user's channels" => Broker.On<ChannelOpen>().CloseConnection(
            530, "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of (1)"),
        "queues" => Broker.On<QueueDeclare>().CloseChannel(406, "PRECONDITION_FAILED - cannot declare queue 'q': queue limit in vhost '/' (0) is reached"),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}
