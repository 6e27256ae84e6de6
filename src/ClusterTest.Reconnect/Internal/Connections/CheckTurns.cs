namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Divides the questions of an idle client among its sessions. The answer is about their queue, which on a cluster is the same for all, so one session asks
/// for all: the one that asked before, as long as it gets answers.
/// </summary>
internal sealed class CheckTurns(TimeProvider time)
{
    // How late the session that asks, or its answer, may be before another one asks in its place.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turn> _turns = [];
    private long _allUntil;

    /// <summary>Gives all sessions a turn at any time, for a while from now on.</summary>
    public void LetAllAsk(TimeSpan span)
    {
        lock (_lock)
        {
            _allUntil = time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
        }
    }

    /// <summary>Takes the turn, if it has come.</summary>
    /// <param name="cluster">The name of the cluster that the session is connected to: a balancer may lead to several, each with a queue of its own.</param>
    /// <param name="session">The session's number.</param>
    /// <param name="interval">How often one of the sessions asks.</param>
    public bool TryTake(string cluster, int session, TimeSpan interval)
    {
        lock (_lock)
        {
            if (time.GetTimestamp() >= _allUntil
                && _turns.TryGetValue(cluster, out var last)
                && time.GetElapsedTime(last.Taken) < Wait(last, session, interval))
            {
                return false;
            }

            _turns[cluster] = new Turn(session, time.GetTimestamp(), IsAnswered: null);
            return true;
        }
    }

    /// <summary>Takes note of how a session's question ended, so that another session asks next if no answer came.</summary>
    public void End(string cluster, int session, bool isAnswered)
    {
        lock (_lock)
        {
            if (_turns.TryGetValue(cluster, out var last) && last.Session == session)
            {
                _turns[cluster] = last with { IsAnswered = isAnswered };
            }
        }
    }

    // From when the last turn was taken.
    private static TimeSpan Wait(Turn last, int session, TimeSpan interval) =>
        last.Session == session ? interval
        : last.IsAnswered switch
        {
            true => interval + Grace,
            false => TimeSpan.Zero,
            null => Grace,
        };

    private readonly record struct Turn(int Session, long Taken, bool? IsAnswered);
}
