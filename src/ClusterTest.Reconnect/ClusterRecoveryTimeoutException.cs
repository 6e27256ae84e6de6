using System.Globalization;

namespace ClusterTest.Reconnect;

/// <summary>
/// No session was open for longer than <see cref="ClusterOptions.RecoveryTimeout"/>. <see cref="ClusterException.Failure"/> is the last failure.
/// </summary>
public sealed class ClusterRecoveryTimeoutException : ClusterException
{
    internal ClusterRecoveryTimeoutException(Failure lastFailure, ClusterEndpoint endpoint, int attempts, TimeSpan elapsed, Exception? innerException)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"gave up after {elapsed.TotalSeconds:0.#} s and {attempts} attempts; the last failure: {Describe(lastFailure, endpoint)}"),
            lastFailure,
            endpoint,
            innerException)
    {
        Attempts = attempts;
        Elapsed = elapsed;
    }

    /// <summary>Gets the number of attempts that were made.</summary>
    public int Attempts { get; }

    /// <summary>Gets for how long no session was open, without the time of sessions that were lost within a second.</summary>
    public TimeSpan Elapsed { get; }
}
