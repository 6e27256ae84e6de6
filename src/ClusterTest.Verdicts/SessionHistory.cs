namespace ClusterTest.Verdicts;

/// <summary>The losses of one session, in the order in which they happened.</summary>
internal sealed class SessionHistory
{
    private readonly List<SessionLoss> _losses = [];

    internal IReadOnlyList<SessionLoss> Losses => _losses;

    // A recovery from the loss before is a sign of life, too.
    internal void Lose(DateTime at) => _losses.Add(new SessionLoss(at) { LastSign = _losses is [.., { Ready: { } ready }] && ready <= at ? ready : null });

    internal void Recover(DateTime at, TimeSpan reconnect)
    {
        if (_losses is [.., { Ready: null } loss])
        {
            (loss.Ready, loss.Reconnect) = (at, reconnect);
        }
    }

    /// <summary>
    /// Enters a sign of life when all losses are known. The sign counts for the first loss that was not before it, whatever the order of the lines.
    /// </summary>
    internal void Hear(DateTime at)
    {
        var (low, high) = (0, _losses.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _losses[middle].At < at ? (middle + 1, high) : (low, middle);
        }

        if (low < _losses.Count && !(_losses[low].LastSign >= at))
        {
            _losses[low].LastSign = at;
        }
    }
}
