namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>
/// Finds refusals that the broker may lift later. During a failover clients move to fewer nodes, the dead node's connections still count, and the service
/// that the broker asks about users may be down, too. Pure: the same input gives the same answer.
/// </summary>
internal static class Refusals
{
    /// <summary>
    /// Whether a session should try again after a fatal failure: a limit is reached, or the broker refuses something that it accepted before.
    /// </summary>
    /// <param name="failure">The failure.</param>
    /// <param name="phase">When the failure came. A session that serves may still lack the permission to publish, so a refused publish does not pass.</param>
    /// <param name="wasOpen">Whether a session was open before, with the same login and names.</param>
    /// <param name="heardFor">How long the session has heard nothing but refusals while no session was open.</param>
    /// <param name="allowed">How long that may last.</param>
    public static bool MayPass(Failure failure, Phase phase, bool wasOpen, TimeSpan heardFor, TimeSpan allowed) =>
        Is(failure)
        && (wasOpen || failure.Kind == FailureKind.LimitReached)
        && (phase != Phase.Serve || failure.Kind != FailureKind.AccessRefused)
        && (allowed == Timeout.InfiniteTimeSpan || heardFor < allowed);

    /// <summary>Whether the peer is up and refuses this client.</summary>
    public static bool Is(Failure failure) =>
        failure.Kind is FailureKind.LimitReached or FailureKind.AuthenticationFailed or FailureKind.VirtualHostRefused or FailureKind.AccessRefused
        || TlsFailures.IsTls(failure);

    // These texts contain the names of users, virtual hosts, queues and exchanges, in quotes. The search looks only where no name can be.

    /// <summary>
    /// Whether a reply text says that a limit is reached, in the words of RabbitMQ 3.10 to 4.3 (rabbit_reader, rabbit_channel, rabbit_queue_type,
    /// rabbit_exchange).
    /// </summary>
    public static bool TellsOfLimit(string text) =>
        text.EndsWith(" is reached", StringComparison.Ordinal)
        || text.StartsWith("NOT_ALLOWED - number of channels opened ", StringComparison.Ordinal)
        || text.StartsWith("NOT_ALLOWED - reached maximum ", StringComparison.Ordinal)
        || text.StartsWith("PRECONDITION_FAILED - cannot declare ", StringComparison.Ordinal); // the broker cuts the end off when the name is long

    /// <summary>Whether a reply text says that the broker could not look up the user's rights (rabbit_access_control, rabbit_reader).</summary>
    public static bool TellsOfFailedLookup(string text) =>
        text.Contains("', backend rabbit_", StringComparison.Ordinal) && text.Contains(" returned an error: ", StringComparison.Ordinal)
        || text.EndsWith(" cannot be queried, timeout", StringComparison.Ordinal);
}
