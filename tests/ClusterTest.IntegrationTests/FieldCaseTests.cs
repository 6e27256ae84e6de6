using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Lab.Files;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>What users of other clients reported, tried on a real broker.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FieldCaseTests(ClusterFixture fixture) : IAsyncLifetime
{
    private const int ExternalPort = 7795;

    private readonly string _name = $"field_{Guid.NewGuid():N}"; // of the user, and of the queue

    private readonly List<ProgramUnderTest> _started = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Host => string.Create(CultureInfo.InvariantCulture, $"{fixture.Host}:{fixture.Port}");

    public async ValueTask InitializeAsync()
    {
        await CtlAsync("add_user", _name, "secret");
        await CtlAsync("set_permissions", _name, "^$", ".*", ".*");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _started)
        {
            await program.DisposeAsync();
        }

        await EvalAsync(
            "application:set_env(rabbit,auth_mechanisms,['PLAIN','AMQPLAIN']), "
                + "application:unset_env(rabbit,ssl_cert_login_from), "
                + "application:set_env(rabbit,ssl_options,[]).");
        string[][] leftovers = [["clear_policy", _name], ["delete_queue", _name], ["delete_queue", $"{_name}.parked"], ["delete_user", _name]];
        foreach (var arguments in leftovers)
        {
            await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_account_that_may_declare_nothing_uses_a_queue_that_operators_declared()
    {
        // bunny#613, aio-pika#525, MassTransit#3464
        await EvalOnFirstAsync($$"""
            {ok,_}=application:ensure_all_started(rabbit),
            Q=rabbit_misc:r(<<"/">>,queue,<<"{{_name}}">>), X=rabbit_misc:r(<<"/">>,exchange,<<"{{_name}}">>),
            rabbit_exchange:declare(X,direct,true,false,false,[],<<"guest">>),
            rabbit_amqqueue:declare(Q,true,false,[{<<"x-max-length">>,long,1000},{<<"x-dead-letter-exchange">>,longstr,<<"">>}],none,<<"guest">>),
            rabbit_binding:add({binding,X,<<"{{_name}}">>,Q,[]},<<"guest">>).
            """);
        var refused = Start("cluster-test-producer");
        Assert.Equal(2, await refused.ExitCodeAsync(Programs.Patience));
        Assert.Contains(refused.StandardError, static line => HasBoth(line, "403 ACCESS_REFUSED", "--predeclared"));
        var different = StartAt($"amqp://{Host}", "cluster-test-producer");
        Assert.Equal(2, await different.ExitCodeAsync(Programs.Patience));
        Assert.Contains(different.StandardError, static line => HasBoth(line, "406 PRECONDITION_FAILED", "--predeclared"));

        await CtlAsync("set_permissions", _name, "^$", ".*", "^$"); // to write, and nothing else
        var producer = Start("cluster-test-producer", "--predeclared");
        Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));
        await CtlAsync("set_permissions", _name, "^$", "^$", ".*"); // to read, and nothing else
        var consumer = Start("cluster-test-consumer", "--predeclared", "--count", "1");
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
    }

    [Fact]
    public async Task A_message_that_is_too_large_costs_no_other_one()
    {
        // py-amqp#428, rabbitmq-server PR#11455
        await using var limited = await MessageSizeLimit.SetAsync(fixture, 65_536);
        await using var shell = ProgramUnderTest.Start(
            "/bin/sh",
            [
                "-c",
                $$"""
                { seq 1 5; head -c 100000 /dev/zero | tr '\0' x; echo; seq 6 10; } |
                "$0" --uri amqp://{{Host}} --queue {{_name}} --exchange {{_name}} --routing-key {{_name}} --output json --stdin
                """,
                Path.Combine(AppContext.BaseDirectory, "cluster-test-producer"),
            ]);
        Assert.Equal(2, await shell.ExitCodeAsync(Programs.Patience));
        var events = Programs.EventsOf(shell);
        Assert.Equal(10, events.OfType<SentEvent>().Count());
        Assert.Contains("is larger than", Assert.Single(events.OfType<ReturnedEvent>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses_what_it_has_no_room_for_and_nothing_is_lost()
    {
        // rabbitmq-server#995, SimpleAmqpClient#215
        await CtlAsync("set_policy", "--apply-to", "queues", _name, $"^{_name}$", """{"max-length":10,"overflow":"reject-publish"}""");
        var producer = StartAt(
            $"amqp://{Host}",
            "cluster-test-producer",
            "--queue-type", "classic", "--count", "30", "--confirm-timeout", "8s", "--output", "json");
        Assert.Equal(2, await producer.ExitCodeAsync(Programs.Patience));
        var events = Programs.EventsOf(producer);
        Assert.InRange(events.OfType<SentEvent>().Count(), 10, 29);
        Assert.All(events.OfType<ReturnedEvent>(), returned => Assert.Contains("nacked by the broker", returned.Reason, StringComparison.Ordinal));
        Assert.Empty(events.OfType<UnknownEvent>());
        Assert.Empty(events.OfType<LostConnectionEvent>());
    }

    [Fact]
    public async Task A_broker_that_offers_another_login_is_told_by_what_it_offers()
    {
        // NServiceBus.RabbitMQ#407, EasyNetQ PR#598
        await EvalAsync("application:set_env(rabbit,auth_mechanisms,['AMQPLAIN']).");
        var producer = StartAt($"amqp://{Host}", "cluster-test-producer");
        Assert.Equal(2, await producer.ExitCodeAsync(Programs.Patience));
        Assert.Contains(producer.StandardError, line => line.Contains("the broker offers AMQPLAIN; the client uses PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_classic_queue_is_declared_as_one_and_one_without_a_type_is_taken()
    {
        // rabbitmq-server PR#12109, spring-amqp PR#3356
        var first = StartAt($"amqp://{Host}", "cluster-test-producer", "--queue-type", "classic");
        Assert.Equal(0, await first.ExitCodeAsync(Programs.Patience));
        var queues = (await OutputAsync("list_queues", "--quiet", "name", "arguments")).Split('\n');
        Assert.Contains("classic", Assert.Single(queues, line => line.StartsWith(_name, StringComparison.Ordinal)), StringComparison.Ordinal);
        await CtlAsync("delete_queue", _name);
        await EvalOnFirstAsync($$"""rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>,queue,<<"{{_name}}">>),true,false,[],none,<<"guest">>).""");
        var second = StartAt($"amqp://{Host}", "cluster-test-producer", "--queue-type", "classic");
        Assert.Equal(0, await second.ExitCodeAsync(Programs.Patience));
        Assert.Empty(second.StandardError);
    }

    [Fact]
    public async Task A_classic_queue_is_one_whatever_the_virtual_hosts_default_is()
    {
        // rabbitmq-server PR#12109, spring-amqp PR#3356
        await CtlAsync("add_vhost", _name, "--default-queue-type", "quorum");
        try
        {
            await CtlAsync("set_permissions", "-p", _name, "guest", ".*", ".*", ".*");
            var producer = StartAt($"amqp://{Host}/{_name}", "cluster-test-producer", "--queue-type", "classic");
            Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));
            Assert.Contains("classic", await OutputAsync("list_queues", "--quiet", "-p", _name, "name", "type"), StringComparison.Ordinal);
        }
        finally
        {
            await CtlAsync("delete_vhost", _name);
        }
    }

    [Fact]
    public async Task A_client_certificate_is_a_login_where_no_user_is_written()
    {
        // NServiceBus.RabbitMQ#407, EasyNetQ PR#598
        Assert.SkipUnless(fixture.Cluster.Engine is Engine.Native, "The node reads the certificates of this test, and listens at a port of its own.");
        var files = Directory.CreateTempSubdirectory("cluster-test-external-");
        using var authority = new TestAuthority();
        (string Name, string Text)[] contents =
        [
            ("ca", authority.Pem),
            ("node", TestAuthority.PemOf(authority.Issue("localhost"))),
            ("client", TestAuthority.PemOf(authority.Issue(_name))),
        ];
        foreach (var (name, text) in contents)
        {
            await File.WriteAllTextAsync(Path.Combine(files.FullName, name), text, Token);
            File.SetUnixFileMode(Path.Combine(files.FullName, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await CtlAsync("set_permissions", _name, ".*", ".*", ".*");
        try
        {
            await EvalOnFirstAsync($$"""
                P=filename:join([code:lib_dir(rabbit),"..","rabbitmq_auth_mechanism_ssl-"++rabbit_misc:version(),"ebin"]),
                true=code:add_patha(P), application:load(rabbitmq_auth_mechanism_ssl), {module,_}=code:ensure_loaded(rabbit_auth_mechanism_ssl),
                rabbit_registry:register(auth_mechanism,<<"EXTERNAL">>,rabbit_auth_mechanism_ssl),
                application:set_env(rabbit,auth_mechanisms,['PLAIN','EXTERNAL']),
                application:set_env(rabbit,ssl_cert_login_from,common_name),
                application:set_env(rabbit,ssl_options,[{verify,verify_peer}]),
                ok=rabbit_networking:start_ssl_listener(
                    {{ExternalPort}},
                    [{cacertfile,"{{files}}/ca"},{certfile,"{{files}}/node"},{keyfile,"{{files}}/node"},{verify,verify_peer},{fail_if_no_peer_cert,true}],
                    2).
                """);
            var consumer = StartAt(
                $"amqps://localhost:{ExternalPort}",
                "cluster-test-consumer",
                "--ca-file", Path.Combine(files.FullName, "ca"),
                "--client-cert", Path.Combine(files.FullName, "client"));
            await consumer.StandardOutput.WaitForLineAsync(static line => line == "Ready for testing!", timeout: Programs.Patience);
            Assert.Matches($"{_name}\\s+EXTERNAL", await OutputAsync("list_connections", "--quiet", "user", "auth_mechanism"));
            consumer.Send(Signal.Terminate);
            Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
        }
        finally
        {
            await EvalOnFirstAsync($"catch rabbit_networking:stop_tcp_listener({ExternalPort}), rabbit_registry:unregister(auth_mechanism,<<\"EXTERNAL\">>).");
            files.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_parameters_of_a_URI_are_taken()
    {
        // rabbitmq-dotnet-client#1991, nestjs#610
        var consumer = StartAt($"amqp://guest@{Host}/%2f?heartbeat=30&connection_timeout=10000", "cluster-test-consumer", "--client-name", _name);
        await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!", timeout: Programs.Patience);
        var connections = "";
        foreach (var node in fixture.Cluster.Nodes)
        {
            connections += (await fixture.Cluster.CtlAsync(node.Name, ["list_connections", "--quiet", "client_properties", "timeout"], Token)).Output;
        }

        Assert.Contains(
            connections.Split('\n'),
            line => line.Contains(_name, StringComparison.Ordinal) && line.TrimEnd().EndsWith("30", StringComparison.Ordinal));
        consumer.Send(Signal.Terminate);
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
    }

    private ProgramUnderTest Start(string program, params string[] options) => StartAt($"amqp://{_name}:secret@{Host}", program, options);

    private ProgramUnderTest StartAt(string uri, string program, params string[] options)
    {
        var started = ProgramUnderTest.Start(program, ["--uri", uri, "--queue", _name, "--exchange", _name, "--routing-key", _name, .. options]);
        _started.Add(started);
        return started;
    }

    private static bool HasBoth(string line, string one, string other) =>
        line.Contains(one, StringComparison.Ordinal) && line.Contains(other, StringComparison.Ordinal);

    private async Task EvalAsync(string code)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var result = await fixture.Cluster.CtlAsync(node.Name, ["eval", code], CancellationToken.None);
            Assert.True(result.ExitCode == 0, $"rabbitmqctl eval on {node.Name}: {result}");
        }
    }

    private Task EvalOnFirstAsync(string code) => CtlAsync("eval", code.ReplaceLineEndings(" "));

    private async Task CtlAsync(params string[] arguments) => await OutputAsync(arguments);

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, arguments, Token);
        Assert.True(result.ExitCode == 0, $"rabbitmqctl {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }
}
