using System.Globalization;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>A password goes to the address that it was written for, and to no other; every part of a URI is used, or the command line is refused.</summary>
public abstract class AddressTests : ProgramTest
{
    private string Uri => string.Create(CultureInfo.InvariantCulture, $"amqp://alice:{Secret}@{Endpoint}/v1");

    [Theory]
    [InlineData("amqp://bob:other@", "/v1", "user")]
    [InlineData("amqp://alice:other@", "/v1", "password")]
    [InlineData("amqp://alice@", "/v1", "password")]
    [InlineData("amqp://", "/v1", "user")]
    [InlineData("amqp://alice:s3cr3t@", "/v2", "virtual host")]
    [InlineData("amqps://alice:s3cr3t@", "/v1", "TLS")]
    [InlineData("amqp://alice:s3cr3t@", "/v1?heartbeat=5", "parameters")]
    public async Task Addresses_that_differ_in_more_than_host_and_port_are_refused(string before, string after, string what)
    {
        // Rebus#492, omq PR#27: the first one's password was sent to the second host.
        await using var other = ScriptedBroker.Start();
        Broker.On<Accepted>().Reset();
        var program = StartWith(["--uri", Uri, "--uri", $"{before}{ScriptedBroker.Host}:{other.Port}{after}", "--retry-for", "2s"]);
        Assert.Equal(1, await program.ExitCodeAsync(Patience));
        Assert.StartsWith($"{Program}: --uri: the addresses differ in their {what}; ", Assert.Single(program.StandardError), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, program.StandardError.ToString(), StringComparison.Ordinal);
        Assert.Empty(other.Connections);
    }

    [Fact]
    public async Task Addresses_with_the_same_login_are_tried_in_turn()
    {
        await using var other = ScriptedBroker.Start();
        Broker.On<Accepted>().Reset();
        StartWith(["--uri", Uri, "--uri", Uri.Replace($"{Broker.Port}", $"{other.Port}", StringComparison.Ordinal)]);
        var login = await other.ReceivedAsync<ConnectionStartOk>(timeout: Patience);
        Assert.Equal($"\0alice\0{Secret}", login.Response);
        Assert.Equal("v1", (await other.ReceivedAsync<ConnectionOpen>()).VirtualHost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_login_in_the_variable_is_for_its_own_address(bool byUri)
    {
        var variable = $"amqp://alice:{Secret}@elsewhere.example:5672/v1";
        var program = byUri ? StartWith(["--uri", $"amqp://alice@{Endpoint}"], variable) : StartWith([ScriptedBroker.Host, $"{Broker.Port}"], variable);
        var login = await Broker.ReceivedAsync<ConnectionStartOk>(timeout: Patience);
        Assert.DoesNotContain(Secret, login.Response, StringComparison.Ordinal);
        Assert.Equal("/", (await Broker.ReceivedAsync<ConnectionOpen>()).VirtualHost);
        await program.StandardError.WaitForLineAsync(
            line => line.Contains($"The login in CLUSTER_TEST_URI is for elsewhere.example:5672 and is not used at {Endpoint}", StringComparison.Ordinal),
            timeout: Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_login_in_the_variable_serves_its_own_address_however_that_is_written(bool byUri)
    {
        var variable = $"{Uri}?heartbeat=33";
        _ = byUri ? StartWith(["--uri", $"amqp://alice@{Endpoint}"], variable) : StartWith([ScriptedBroker.Host, $"{Broker.Port}"], variable);
        Assert.Equal($"\0alice\0{Secret}", (await Broker.ReceivedAsync<ConnectionStartOk>(timeout: Patience)).Response);
        Assert.Equal("v1", (await Broker.ReceivedAsync<ConnectionOpen>()).VirtualHost);
        Assert.Equal(33, (await Broker.ReceivedAsync<ConnectionTuneOk>()).Heartbeat);
    }

    [Fact]
    public async Task The_parameters_of_a_URI_are_used()
    {
        // rabbitmq-dotnet-client#1991, nestjs#610
        StartWith(["--uri", $"amqp://guest@{Endpoint}/%2f?heartbeat=30&connection_timeout=10000&channel_max=64&auth_mechanism=plain"]);
        var tuned = await Broker.ReceivedAsync<ConnectionTuneOk>(timeout: Patience);
        Assert.Equal(((ushort)30, (ushort)64), (tuned.Heartbeat, tuned.ChannelMax));
        Assert.Equal("/", (await Broker.ReceivedAsync<ConnectionOpen>()).VirtualHost);
    }

    [Theory]
    [InlineData(
        "hartbeat=5",
        "'hartbeat' is not one of its parameters: "
            + "auth_mechanism, cacertfile, certfile, channel_max, connection_timeout, heartbeat, keyfile, server_name_indication, verify")]
    [InlineData("heartbeat=0", "heartbeat=0 is not a number of seconds from 1 to 65535")]
    [InlineData(
        "verify=verify_none",
        "verify=verify_none: the server's certificate is always checked; "
            + "server_name_indication names another name for it, cacertfile another authority")]
    [InlineData("cacertfile=/ca.pem", "cacertfile is for amqps://")]
    public async Task A_parameter_that_cannot_be_used_is_refused_by_name(string parameter, string said)
    {
        var program = StartWith(["--uri", $"amqp://guest:{Secret}@{Endpoint}/%2f?{parameter}"]);
        Assert.Equal(1, await program.ExitCodeAsync(Patience));
        Assert.Equal([$"{Program}: --uri: {said}."], program.StandardError);
        Assert.Empty(Broker.Connections);
    }
}
