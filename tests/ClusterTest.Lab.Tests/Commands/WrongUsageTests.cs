using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

/// <summary>What is written wrongly gets one line that names what there is, and exit code 1. No lab is started.</summary>
public sealed class WrongUsageTests : IDisposable
{
    private readonly StateDirectory _folder = new();

    [Theory]
    [InlineData(
        "'explode' is not one of up, status, ctl, fault, heal, down, drill, soak, demo, compare, verdict, report; ./lab --help says what each does.",
        "explode")]
    [InlineData("name one of up, status, ctl,")]
    [InlineData("fault: 'explode' is not one of stop-app, kill,", "fault", "explode")]
    [InlineData("./lab fault --help says what each does.", "fault", "explode", "rabbit1")]
    [InlineData("fault: name one of stop-app, kill,", "fault")]
    [InlineData("NODE: 'foo' is not one of rabbit1, rabbit2, rabbit3, primary, standby, host1, host2, a1, a2, a3, b1.", "fault", "kill", "foo")]
    [InlineData("NODE: 'foo' is not one of rabbit1,", "ctl", "foo", "status")]
    [InlineData("--ack-mode: 'nonsense' is not one of on-confirm, on-publish, no-ack.", "drill", "--ack-mode", "nonsense")]
    [InlineData("--outptu: there is no such option; did you mean --output?", "status", "--outptu", "json")]
    [InlineData("--stat-dir: there is no such option; did you mean --state-dir?", "status", "--stat-dir=x")]
    [InlineData("'extra' is one argument too many; ./lab status --help shows which there are.", "status", "extra")]
    [InlineData("'rabbit2' is one argument too many; ./lab fault kill --help shows which there are.", "fault", "kill", "rabbit1", "rabbit2")]
    public async Task It_is_said_in_one_line(string reason, params string[] command)
    {
        var (exitCode, output, error) = await _folder.RunAsync(["--engine", "native", .. command]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("cluster-test-lab: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    public void Dispose() => _folder.Dispose();
}
