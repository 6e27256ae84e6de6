namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Looks after 1 ms at what is held back (<see cref="WriteCork"/>), since those who publish may stop at any time. A thread of its own, and no timer: that
/// would run each time on a thread of the pool, which then looks for more work for longer than a burst of messages takes.
/// </summary>
internal static class CorkWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);
    private static readonly Lock Lock = new();
    private static readonly AutoResetEvent Added = new(initialState: false);
    private static List<WriteCork> _watched = [];
    private static List<WriteCork> _spare = [];
    private static bool _isRunning;

    /// <summary>Looks at a cork until it holds nothing back.</summary>
    public static void Add(WriteCork cork)
    {
        bool isFirst;
        lock (Lock)
        {
            _watched.Add(cork);
            isFirst = _watched.Count == 1;
            if (!_isRunning)
            {
                new Thread(Run) { IsBackground = true, Name = "ClusterTest cork" }.UnsafeStart();
                _isRunning = true;
            }
        }

        if (isFirst)
        {
            Added.Set();
        }
    }

    private static void Run()
    {
        while (true)
        {
            Added.WaitOne();
            do
            {
#pragma warning disable RS0030 // This thread does nothing else.
                Thread.Sleep(Interval);
#pragma warning restore RS0030
            }
            while (LookAtAll());
        }
    }

    private static bool LookAtAll()
    {
        List<WriteCork> watched;
        lock (Lock)
        {
            (watched, _watched) = (_watched, _spare);
        }

        watched.RemoveAll(static cork => !cork.Watch());
        lock (Lock)
        {
            (_spare, _watched) = (_watched, watched);
            _watched.AddRange(_spare);
            _spare.Clear();
            return _watched.Count > 0;
        }
    }
}
