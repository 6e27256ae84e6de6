using System.Diagnostics;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>
/// Whoever reads what a program writes has stopped reading: a pager, a pipe into a program that hangs, a log driver (moby#48890, supercronic#36).
/// </summary>
public abstract class BlockedOutputTests : ProgramTest
{
    // The drain deadline, 5 s, and a little for a busy machine; it was 20 s.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(12);

    [Theory]
    [InlineData("")]
    [InlineData("2>&1")]
    public async Task The_program_ends_in_time(string more)
    {
        var directory = Directory.CreateTempSubdirectory("cluster-test-blocked-");
        try
        {
            Feed();
            var pipe = Path.Combine(directory.FullName, "pipe");
            var program = StartInto(pipe, more: more);
            await BlockedAsync();
            var clock = Stopwatch.StartNew();
            program.Send(Signal.Terminate);
            Assert.Equal(2, await program.ExitCodeAsync(Patience));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);
            if (more.Length == 0)
            {
                Assert.Contains(Logs(program), line => line == "FTL] The results cannot be written to standard output: its reader takes nothing");
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_program_ends_in_time_when_its_own_time_is_over()
    {
        var directory = Directory.CreateTempSubdirectory("cluster-test-blocked-");
        try
        {
            Feed();
            var pipe = Path.Combine(directory.FullName, "pipe");
            var program = StartInto(pipe, "--time 5s");
            Assert.Equal(2, await program.ExitCodeAsync(Patience));
            Assert.Contains(Logs(program), line => line == "FTL] The results cannot be written to standard output: its reader takes nothing");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    protected abstract IEnumerable<string> Options { get; }

    /// <summary>Gives the program something to tell, if it waits for that.</summary>
    protected abstract void Feed();

    private ProgramUnderTest StartInto(string pipe, string options = "", string more = "") => StartShell(
        $"""
        mkfifo {pipe}
        sleep 90 < {pipe} > /dev/null 2>&1 &
        exec "$P" 127.0.0.1 $PORT {string.Join(' ', Options)} {options} > {pipe} {more}
        """);

    private async Task BlockedAsync()
    {
        await Broker.ReceivedAsync<ClientMethod>(method => method is BasicAck or BasicPublish, timeout: Patience);
        var (count, quietSince) = (0, Stopwatch.StartNew());
        while (quietSince.Elapsed < TimeSpan.FromSeconds(1.5))
        {
            if (Broker.Received.Count != count)
            {
                (count, quietSince) = (Broker.Received.Count, Stopwatch.StartNew());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
