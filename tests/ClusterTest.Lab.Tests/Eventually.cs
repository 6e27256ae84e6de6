using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Waits for conditions that no event announces.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    internal static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    internal static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TestLab.Patience);
        while (!await condition())
        {
            await Task.Delay(Interval, TimeProvider.System, deadline.Token);
        }
    }
}
