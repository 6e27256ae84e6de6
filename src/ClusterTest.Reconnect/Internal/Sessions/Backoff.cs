namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// Exponential backoff with full jitter, also at its cap: many clients that lost the same node must not come back in step. Polly's own jitter vanishes at
/// <c>MaxDelay</c> (RetryHelper.cs, Polly.Core 8.9.1).
/// </summary>
internal static class Backoff
{
    private const int BaseMilliseconds = 10;

    /// <summary>
    /// The default of the longest delay. This is also how long a session must have served so that the backoff of its next interruption starts over.
    /// </summary>
    public static readonly TimeSpan Cap = ClusterOptions.DefaultMaxBackoff;

#pragma warning disable CA5394 // The jitter is no secret.
    /// <summary>Gives a random delay before the next attempt.</summary>
    /// <param name="failures">Failed attempts so far, less one: 0 after the first.</param>
    public static TimeSpan Delay(int failures) => Delay(failures, Random.Shared.NextDouble(), Cap);
#pragma warning restore CA5394

    /// <summary>Gives the delay before the next attempt.</summary>
    /// <param name="failures">Failed attempts so far, less one: 0 after the first.</param>
    /// <param name="uniform">A number from 0 to below 1.</param>
    /// <param name="cap">The longest delay.</param>
    public static TimeSpan Delay(int failures, double uniform, TimeSpan cap)
    {
        var ceiling = Math.Min(cap.TotalMilliseconds, BaseMilliseconds * Math.Pow(2, failures));
        return TimeSpan.FromMilliseconds(ceiling * uniform);
    }
}
