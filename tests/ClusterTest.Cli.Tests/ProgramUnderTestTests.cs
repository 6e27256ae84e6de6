using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class ProgramUnderTestTests
{
    private const string UntilTerminated = "trap 'echo \"$LAST\" >&2; exit 7' TERM; echo ready; while :; do sleep 0.01; done";

    [Fact]
    public async Task Reads_the_lines_signals_the_program_and_awaits_its_exit_code()
    {
        await using var program = ProgramUnderTest.Start(
            "/bin/sh", ["-c", UntilTerminated], new Dictionary<string, string?> { ["LAST"] = "bye" });
        await program.StandardOutput.WaitForLineAsync(line => line == "ready");
        program.Send(Signal.Terminate);
        Assert.Equal(7, await program.ExitCodeAsync());
        Assert.Equal(["bye"], program.StandardError);
    }

    [Fact]
    public async Task Says_what_there_was_when_a_line_does_not_come()
    {
        await using var program = ProgramUnderTest.Start("/bin/sh", ["-c", UntilTerminated]);
        await program.StandardOutput.WaitForLineAsync(line => line == "ready");
        var exception = await Assert.ThrowsAsync<TimeoutException>(() =>
            program.StandardOutput.WaitForLineAsync(line => line == "steady", timeout: TimeSpan.FromMilliseconds(50)));
        Assert.Contains("""line == "steady", 0 found; there were:""", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ready", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kills_the_program_when_disposed_even_when_it_is_stopped()
    {
        var program = ProgramUnderTest.Start("/bin/sh", ["-c", UntilTerminated]);
        await program.StandardOutput.WaitForLineAsync(line => line == "ready");
        program.Send(Signal.Stop);
        await program.DisposeAsync();
        Assert.Throws<InvalidOperationException>(() => program.Send(Signal.None));
    }
}
