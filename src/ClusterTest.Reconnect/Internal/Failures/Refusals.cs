namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>
/// What the broker refuses now and may accept later. During a failover clients move to fewer nodes, the dead node's connections are still counted, and
/// what the broker asks about users may be down with it. Pure: the same input gives the same answer.
/// </summary>
internal static class Refusals
{
    /// <summary>Whether a fatal failure should be tried again all the same: a limit that is reached, or what was accepted before.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="phase">When it came. That a session serves does not mean that it may publish, so a publish that is refused does not pass.</param>
    /// <param name="wasOpen">Whether a session was open before, with the same login and names.</param>
    /// <param name="heardFor">How long nothing but refusals has been heard while no session was open.</param>
    /// <param name="allowed">How long that may last.</param>
    public static bool MayPass(Failure failure, Phase phase, bool wasOpen, TimeSpan heardFor, TimeSpan allowed) =>
        Is(failure)
        && (wasOpen || failure.Kind == FailureKind.LimitReached)
        && (phase != Phase.Serve || failure.Kind != FailureKind.AccessRefused)
        && (allowed == Timeout.InfiniteTimeSpan || heardFor < allowed);

    /// <summary>Whether the peer says that it will not have us, as opposed to being down.</summary>
    public static bool Is(Failure failure) =>
        failure.Kind is FailureKind.LimitReached or FailureKind.AuthenticationFailed or FailureKind.VirtualHostRefused or FailureKind.AccessRefused || TlsFailures.IsTls(failure);

    // The names of users, virtual hosts, queues and exchanges stand within these texts, in quotes: what is looked for is where no name can be.

    /// <summary>Whether a reply text tells of a limit, in the words of RabbitMQ 3.10 to 4.3 (rabbit_reader, rabbit_channel, rabbit_queue_type, rabbit_exchange).</summary>
    public static bool TellsOfLimit(string text) =>
        text.EndsWith(" is reached", StringComparison.Ordinal)
        || text.StartsWith("NOT_ALLOWED - number of channels opened ", StringComparison.Ordinal)
        || text.StartsWith("NOT_ALLOWED - reached maximum ", StringComparison.Ordinal)
        || text.StartsWith("PRECONDITION_FAILED - cannot declare ", StringComparison.Ordinal); // the end is cut off when the name is long

    /// <summary>Whether a reply text says that the broker could not find out (rabbit_access_control, rabbit_reader).</summary>
    public static bool TellsOfFailedLookup(string text) =>
        text.Contains("', backend rabbit_", StringComparison.Ordinal) && text.Contains(" returned an error: ", StringComparison.Ordinal)
        || text.EndsWith(" cannot be queried, timeout", StringComparison.Ordinal);
}
