using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class TerminalTests : IDisposable
{
    private const string Erase = "\r\u001b[K";

    // Both streams of a terminal end up on one screen.
    private readonly StringWriter _screen = new() { NewLine = "\n" };

    public void Dispose() => _screen.Dispose();

    [Fact]
    public void Keeps_the_progress_line_below_results_and_logs()
    {
        using var terminal = new Terminal(_screen, _screen, showsProgress: true);
        terminal.WriteLog("log 1\n");
        terminal.DrawProgress("progress 1");
        terminal.DrawProgress("progress 2");
        terminal.WriteResult("result 1");
        terminal.WriteResult("result 2");
        terminal.DrawProgress("progress 3");
        terminal.WriteLog("log 2\n");
        Assert.Equal($"log 1\n{Erase}progress 1{Erase}progress 2{Erase}result 1\nresult 2\n{Erase}progress 3{Erase}log 2\n", _screen.ToString());
    }

    [Fact]
    public void Leaves_no_progress_line_behind()
    {
        using (var terminal = new Terminal(_screen, _screen, showsProgress: true))
        {
            terminal.DrawProgress("progress");
        }

        Assert.EndsWith($"progress{Erase}", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Knows_when_nobody_reads_on()
    {
        using var gone = new GoneReader();
        using var terminal = new Terminal(gone, _screen, showsProgress: false);
        Assert.False(terminal.IsClosed);
        Assert.False(terminal.WriteResult("result"));
        Assert.True(terminal.IsClosed);
        Assert.False(terminal.WriteResult("another"));
        terminal.WriteLog("log\n");
        Assert.Equal("log\n", _screen.ToString());
    }

    private sealed class GoneReader : StringWriter
    {
        public override void Flush() => throw new IOException("Broken pipe");
    }
}
