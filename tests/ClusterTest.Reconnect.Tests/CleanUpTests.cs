using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class CleanUpTests : IDisposable
{
    private readonly LogRecorder _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waits_for_what_is_under_way()
    {
        var cleanUp = new CleanUp(TimeProvider.System, _log);
        var work = new TaskCompletionSource();
        cleanUp.Track(work.Task);
        var finishing = cleanUp.FinishAsync();
        Assert.False(finishing.IsCompleted);
        work.SetResult();
        await finishing.WaitAsync(Token);
        Assert.Equal(0, cleanUp.Count);
    }

    [Fact]
    public async Task Waits_no_longer_than_its_bound()
    {
        // Field lesson 18: the client library's own dispose can hang (rabbitmq-dotnet-client#1751, #1825).
        var time = new FakeTimeProvider();
        var cleanUp = new CleanUp(time, _log);
        cleanUp.Track(new TaskCompletionSource().Task);
        var finishing = cleanUp.FinishAsync();
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(finishing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await finishing.WaitAsync(Token);
    }

    [Fact]
    public async Task Logs_what_failed_and_goes_on()
    {
        var cleanUp = new CleanUp(TimeProvider.System, _log);
        cleanUp.Track(Task.FromException(new IOException("gone")));
        await cleanUp.FinishAsync().WaitAsync(Token);
        await _log.Lines.WaitForAsync(line => line.Id == 60);
    }

    [Fact]
    public async Task Keeps_nothing_that_is_over()
    {
        var cleanUp = new CleanUp(TimeProvider.System, _log);
        for (var i = 0; i < 20_000; i++)
        {
            cleanUp.Track(Task.FromResult(i));
        }

        await Eventually.TrueAsync(() => cleanUp.Count == 0);
    }

    public void Dispose() => _log.Dispose();
}
