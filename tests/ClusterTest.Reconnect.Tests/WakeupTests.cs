using ClusterTest.Reconnect.Internal;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class WakeupTests
{
    private readonly Wakeup _wakeup = new();

    [Fact]
    public async Task Wakes_the_task_that_waits_again_and_again()
    {
        for (var i = 0; i < 3; i++)
        {
            var waiting = WaitAsync();
            Assert.False(waiting.IsCompleted);
            _wakeup.Set();
            await waiting;
        }
    }

    [Fact]
    public void Lets_the_task_go_on_in_the_call_that_wakes_it()
    {
        var waiting = WaitAsync();
        Assert.True(_wakeup.TryTake());
        _wakeup.Run();
        Assert.True(waiting.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wakes_once_whoever_tries()
    {
        _wakeup.Set(); // nobody waits
        var waiting = WaitAsync();
        Assert.True(_wakeup.TryTake());
        Assert.False(_wakeup.TryTake());
        _wakeup.Set();
        Assert.False(waiting.IsCompleted); // who took it wakes the task
        _wakeup.GoOn();
        await waiting;
    }

    private async Task WaitAsync() => await _wakeup.WaitAsync().ConfigureAwait(false);
}
