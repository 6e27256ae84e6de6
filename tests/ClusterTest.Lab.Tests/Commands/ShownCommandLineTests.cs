using ClusterTest.Lab.Commands;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

public sealed class ShownCommandLineTests
{
    [Theory]
    [InlineData("drill --seed 7 --rate 200", "drill", "--seed", "7", "--rate", "200")]
    [InlineData("drill --report '/tmp/my reports' ''", "drill", "--report", "/tmp/my reports", "")]
    [InlineData("drill --queue 'it'\\''s'", "drill", "--queue", "it's")]
    [InlineData("drill --uri 'amqp://***@host/v'", "drill", "--uri", "amqp://me:secret@host/v")]
    [InlineData("drill --fault 'stop: ***' --heal '***'", "drill", "--fault", "stop: curl -u me:secret x", "--heal", "curl -u me:secret y")]
    [InlineData("drill --client '***' '--client-producer=***'", "drill", "--client", "mine -p secret", "--client-producer=theirs -p secret")]
    [InlineData("drill '--fault=stop: ***' '--ready=***'", "drill", "--fault=stop: curl -u me:secret x", "--ready=curl -u me:secret y")]
    public void A_run_can_be_repeated_and_no_secret_is_shown(string shown, params string[] arguments) =>
        Assert.Equal($"cluster-test-lab {shown}", ShownCommandLine.Of(arguments));
}
