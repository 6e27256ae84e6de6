namespace ClusterTest.Reconnect.Internal;

/// <summary>What the broker refuses now and may accept later. Pure: the same input gives the same answer.</summary>
internal static class Refusals
{
    /// <summary>Whether a fatal fault should be tried again all the same, for a while.</summary>
    public static bool MayPass(Fault fault, Phase phase, bool wasOpen, TimeSpan heardFor, TimeSpan allowed) => false;
}
