namespace ClusterTest.Producer;

/// <summary>Keeps an even rate. After a stall of more than a second it does not catch up, so that an outage is not followed by a burst.</summary>
internal sealed class Pacer(double? rate, TimeProvider time)
{
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(1);

    private long _start = time.GetTimestamp();
    private long _messages;

    /// <summary>Waits until the next message is due.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (rate is not { } perSecond)
        {
            return;
        }

        var due = TimeSpan.FromSeconds(_messages++ / perSecond) - time.GetElapsedTime(_start);
        if (due > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(due, time, cancellationToken);
        }
        else if (due < -LongestLag)
        {
            _start = time.GetTimestamp();
            _messages = 1;
        }
    }
}
