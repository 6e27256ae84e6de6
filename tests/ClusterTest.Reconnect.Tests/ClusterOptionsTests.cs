using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ClusterOptionsTests
{
    private static readonly ClusterOptions Valid = new() { Endpoints = [new("h", 5672)], Topology = Topology.Named("q") };

    [Fact]
    public void Has_safe_defaults_for_all_but_the_endpoint()
    {
        Valid.Validate();
        Assert.Equal(("/", "guest", "guest", 1), (Valid.VirtualHost, Valid.UserName, Valid.Password(), Valid.Sessions));
        Assert.Equal(Timeout.InfiniteTimeSpan, Valid.RecoveryTimeout);
        Assert.True(Valid.ReadyTimeout > TimeSpan.FromSeconds(5), "a quorum queue's election must fit");
        Assert.Same(TimeProvider.System, Valid.TimeProvider);
    }

    [Theory]
    [InlineData("h", 1, true)]
    [InlineData("h", 65_535, true)]
    [InlineData("h", 0, false)]
    [InlineData("h", 65_536, false)]
    [InlineData("", 5672, false)]
    [InlineData(" ", 5672, false)]
    public void Needs_a_host_and_a_port(string host, int port, bool isValid) => Check(Valid with { Endpoints = [new(host, port)] }, isValid, "Endpoints");

    [Fact]
    public void Needs_an_endpoint() => Check(Valid with { Endpoints = [] }, isValid: false, "Endpoints");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Bounds_the_sessions(int sessions, bool isValid) => Check(Valid with { Sessions = sessions }, isValid, "Sessions");

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(1, true)]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public void Bounds_the_heartbeat(double seconds, bool isValid) => Check(Valid with { Heartbeat = TimeSpan.FromSeconds(seconds) }, isValid, "Heartbeat");

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(3_600_000, true)]
    [InlineData(3_600_001, false)]
    public void Bounds_the_backoff(int milliseconds, bool isValid) =>
        Check(Valid with { MaxBackoff = TimeSpan.FromMilliseconds(milliseconds) }, isValid, "MaxBackoff");

    [Fact]
    public void Bounds_every_timeout()
    {
        foreach (var time in new[] { TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.FromDays(25), TimeSpan.MaxValue })
        {
            Check(Valid with { AttemptTimeout = time }, isValid: false, "AttemptTimeout");
            Check(Valid with { ReadyTimeout = time }, isValid: false, "ReadyTimeout");
            Check(Valid with { StallTimeout = time }, isValid: false, "StallTimeout");
            Check(Valid with { RecoveryTimeout = time }, isValid: false, "RecoveryTimeout");
            Check(Valid with { RefusalTimeout = time }, isValid: time == TimeSpan.Zero, "RefusalTimeout");
            Check(Valid with { DrainTimeout = time }, isValid: time == TimeSpan.Zero, "DrainTimeout");
        }

        Check(Valid with { RecoveryTimeout = Timeout.InfiniteTimeSpan }, isValid: true, "RecoveryTimeout");
        Check(Valid with { RefusalTimeout = Timeout.InfiniteTimeSpan }, isValid: true, "RefusalTimeout");
    }

    [Fact]
    public void Checks_the_topology() => Check(Valid with { Topology = Topology.Named("") }, isValid: false, "Exchange");

    private static void Check(ClusterOptions options, bool isValid, string parameter)
    {
        if (isValid)
        {
            options.Validate();
        }
        else
        {
            Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(options.Validate).ParamName);
        }
    }
}
