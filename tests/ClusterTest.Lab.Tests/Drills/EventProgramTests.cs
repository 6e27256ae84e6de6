using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Machine;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Programs that a drill starts; a shell script plays them.</summary>
public sealed class EventProgramTests
{
    private const string Say = """say() { echo '{"event":"problem","ts":"2026-01-02T03:04:05.678901Z","kind":"no-flow","detail":"'$1'"}'; }; """;

    private readonly List<string> _told = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_asked_to_stop_and_all_that_it_still_says_is_heard(bool isDisposed)
    {
        await using var program = Start($"{Say}trap 'for n in $(seq 1000); do say $n; done; exit 0' TERM; say ready; while :; do sleep 0.1; done");
        await ToldAsync("ready");

        if (isDisposed)
        {
            await program.DisposeAsync();
        }
        else
        {
            Assert.Equal(0, await program.StopAsync());
        }

        Assert.Equal(["ready", .. Enumerable.Range(1, 1000).Select(number => $"{number}")], _told);
    }

    [Fact]
    public async Task One_that_stands_still_is_asked_all_the_same()
    {
        await using var program = Start($"{Say}trap 'exit 0' TERM; say $$; while :; do sleep 0.1; done");
        await Eventually.TrueAsync(() => Told().Count > 0);
        PosixSignal.Send(int.Parse(Told()[0], System.Globalization.CultureInfo.InvariantCulture), PosixSignal.Stop);

        Assert.Equal(0, await program.StopAsync());
    }

    private EventProgram Start(string script) => EventProgram.Start(
        "/bin/sh",
        ["-c", script],
        new Dictionary<string, string?>(),
        written =>
        {
            lock (_told)
            {
                _told.Add(((ProblemEvent)written).Detail);
            }
        },
        TimeProvider.System);

    private List<string> Told()
    {
        lock (_told)
        {
            return [.. _told];
        }
    }

    private Task ToldAsync(string detail) => Eventually.TrueAsync(() => Told().Contains(detail));
}
