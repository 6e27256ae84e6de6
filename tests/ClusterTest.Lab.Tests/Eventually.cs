using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Waits for what announces itself to nobody.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    internal static async Task TrueAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TestLab.Patience);
        while (!condition())
        {
            await Task.Delay(Interval, TimeProvider.System, deadline.Token);
        }
    }
}
