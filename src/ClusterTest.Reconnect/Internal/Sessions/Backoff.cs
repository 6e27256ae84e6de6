namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// Exponential backoff with full jitter, jittered at its cap too: many clients that lost the same node must not come back in step.
/// Polly's own jitter vanishes at <c>MaxDelay</c> (RetryHelper.cs, Polly.Core 8.9.1).
/// </summary>
internal static class Backoff
{
    private const int BaseMilliseconds = 10;

    /// <summary>The longest delay by default, and also the time that a session must have served for its next interruption to start over.</summary>
    public static readonly TimeSpan Cap = ClusterOptions.DefaultMaxBackoff;

#pragma warning disable CA5394 // Jitter guards nothing.
    /// <summary>Gives a random delay before the next attempt.</summary>
    /// <param name="failures">Failed attempts so far, less one: 0 after the first.</param>
    public static TimeSpan Delay(int failures) => Delay(failures, Random.Shared.NextDouble(), Cap);
#pragma warning restore CA5394

    /// <summary>Gives the delay before the next attempt.</summary>
    /// <param name="failures">Failed attempts so far, less one: 0 after the first.</param>
    /// <param name="uniform">A number from 0 to below 1.</param>
    /// <param name="cap">The longest.</param>
    public static TimeSpan Delay(int failures, double uniform, TimeSpan cap)
    {
        var ceiling = Math.Min(cap.TotalMilliseconds, BaseMilliseconds * Math.Pow(2, failures));
        return TimeSpan.FromMilliseconds(ceiling * uniform);
    }
}
