namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// Foretells whether further messages follow at once: after a loop that publishes had to wait for the window, and while messages come fast. Callers that await
/// each result, or each batch, come as fast, and then none follows; so this class learns from its misses. The <see cref="Outbox"/>'s lock guards it.
/// </summary>
internal sealed class PublishBurst(TimeProvider time)
{
    // So many messages in that time are fast: a message that waits for those behind it waits no longer than that.
    private const int Step = 64;

    // A miss costs 1 to 2 ms. Among as many steps it is less than a fiftieth.
    private const int MostDistrust = 256;

    // After so many steps without a miss the next one is forgiven sooner.
    private const int GoodSteps = 16;

    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(1);

    // After such a pause somebody else publishes, or something else.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(5);

    private long _last;
    private long _stepBegan;
    private int _inStep;
    private int _expected;
    private int _distrust;
    private int _doubted;
    private int _good;

    /// <summary>Gets a value indicating whether further messages follow at once.</summary>
    public bool ExpectsMore => _expected > 0;

    /// <summary>Notes that a loop goes on that had to wait, with room for so many messages.</summary>
    public void Begin(int room)
    {
        _last = time.GetTimestamp();
        _expected = Math.Max(_expected, room);
    }

    /// <summary>Notes a message.</summary>
    /// <param name="timestamp">When it was published.</param>
    /// <param name="hasRoom">Whether another one may follow.</param>
    /// <returns>Whether it ended a burst.</returns>
    public bool Note(long timestamp, bool hasRoom)
    {
        var before = _expected;
        var mayFollow = hasRoom && time.GetElapsedTime(_last, timestamp) <= LongestPause;
        _expected = mayFollow ? Math.Max(0, before - 1) : 0;
        _last = timestamp;
        if (++_inStep == Step)
        {
            if (mayFollow && time.GetElapsedTime(_stepBegan, timestamp) <= StepTime && IsBelieved())
            {
                _expected = Math.Max(_expected, Step);
            }

            (_stepBegan, _inStep) = (timestamp, 0);
        }

        return before > 0 && _expected == 0;
    }

    /// <summary>Notes that messages were held back for others that did not come: the next fast steps are not believed, more of them each time.</summary>
    public void Miss()
    {
        (_expected, _good) = (0, 0);
        _doubted = _distrust = Math.Clamp(2 * _distrust, 1, MostDistrust);
    }

    private bool IsBelieved()
    {
        if (_doubted > 0)
        {
            _doubted--;
            return false;
        }

        if (++_good == GoodSteps)
        {
            _good = 0;
            _distrust /= 2;
        }

        return true;
    }
}
