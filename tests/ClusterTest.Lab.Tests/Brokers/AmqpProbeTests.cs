using System.Net;
using System.Net.Sockets;
using ScriptedAmqp;
using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class AmqpProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_broker_answers_with_its_version()
    {
        await using var broker = ScriptedBroker.Start();

        var greeting = await AmqpProbe.GreetAsync(new AmqpAddress("127.0.0.1", broker.Port), Timeout, TestContext.Current.CancellationToken);

        Assert.True(greeting.Answered);
        Assert.Matches(@"^\d+\.\d+", greeting.Version);
    }

    [Fact]
    public async Task A_frozen_broker_accepts_and_does_not_answer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var greeting = await AmqpProbe.GreetAsync(AddressOf(listener), TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);

        Assert.Equal(new AmqpGreeting(Connected: true, Answered: false, Version: null), greeting);
    }

    [Fact]
    public async Task A_stopped_broker_refuses()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = AddressOf(listener);
        listener.Stop();

        var greeting = await AmqpProbe.GreetAsync(address, Timeout, TestContext.Current.CancellationToken);

        Assert.Equal(new AmqpGreeting(Connected: false, Answered: false, Version: null), greeting);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0007versionS")]
    [InlineData("\u0007versionS\0\0\0\u00093.10.8")]
    public void A_greeting_that_is_cut_short_has_no_version(string payload) =>
        Assert.Null(AmqpProbe.VersionIn(System.Text.Encoding.ASCII.GetBytes(payload)));

    private static AmqpAddress AddressOf(TcpListener listener) => new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
}
