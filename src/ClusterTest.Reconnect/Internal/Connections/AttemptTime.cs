namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// How long an attempt to connect may take. A machine or cluster that is overrun needs longer than usual, and attempts that are given up in the middle of a
/// handshake and begun again keep it so: 600 sessions that had lost a node on two busy processors did not come back in two minutes.
/// </summary>
internal static class AttemptTime
{
    // One attempt in vain may have reached a node that hangs. A second one as well, but a balancer or another address has had time to choose by then.
    private const int InVain = 2;
    private const int MostDoublings = 2;

    // Whoever allows so much wants no more.
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    /// <summary>Gives the time for the next attempt.</summary>
    /// <param name="usual">How long an attempt may take usually.</param>
    /// <param name="unanswered">How many attempts in a row had connected, and their handshake did not end in time.</param>
    public static TimeSpan For(TimeSpan usual, int unanswered) =>
        usual > Ample ? usual : usual * (1 << Math.Clamp(unanswered - InVain + 1, 0, MostDoublings));

    /// <summary>Gives the longest time of any attempt.</summary>
    public static TimeSpan Longest(TimeSpan usual) => For(usual, int.MaxValue / 2);
}
