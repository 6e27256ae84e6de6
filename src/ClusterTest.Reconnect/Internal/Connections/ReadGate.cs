namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Keeps a connection from being read while its consumer holds as much as it may: then the broker keeps the rest. Nothing else holds it back, since
/// RabbitMQ has no prefetch in bytes, and the client library queues without a bound what its socket brings (7.2.2, ConsumerDispatcherChannelBase).
/// </summary>
/// <remarks>
/// The client library takes a peer from which no frame came in three heartbeat intervals for dead. So one frame is let through in each interval; with it, a
/// loss of the connection is noticed, too.
/// </remarks>
internal sealed class ReadGate(TimeProvider time)
{
    // A whole frame, wherever it begins, and what TLS adds.
    private const int Trickle = (int)Link.MaxFrameSize * 9 / 8;

    // What the client library has read and not delivered yet is in no budget: it must not get far ahead of itself.
    private const int Stride = 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private int _allowed;
    private int _strode;
    private Task? _delivered;
    private volatile BodyBudget? _budget;
    private volatile bool _isOpened;

    /// <summary>Gets or sets the interval of the connection's heartbeats.</summary>
    public TimeSpan Interval { get; set; } = ClusterOptions.DefaultHeartbeat;

    /// <summary>Sets whose room decides from now on.</summary>
    public BodyBudget Budget
    {
        set => _budget = value;
    }

    /// <summary>Lets all pass from now on.</summary>
    public void Open()
    {
        _isOpened = true;
        _budget?.Lift();
    }

    /// <summary>Waits until something may be read.</summary>
    /// <returns>How many octets.</returns>
    public async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        await LetDeliverAsync(cancellationToken).ConfigureAwait(false);
        if (_isOpened || _budget?.WhenRoom() is not { IsCompleted: false } room)
        {
            return int.MaxValue;
        }

        if (_allowed == 0)
        {
            try
            {
                await room.WaitAsync(Interval, time, cancellationToken).ConfigureAwait(false);
                return int.MaxValue;
            }
            catch (TimeoutException)
            {
                _allowed = Trickle;
            }
        }

        return _allowed;
    }

    /// <summary>Takes note of what was read.</summary>
    public void Read(int octets)
    {
        _allowed = Math.Max(0, _allowed - octets);
        _strode += octets;
    }

    private async ValueTask LetDeliverAsync(CancellationToken cancellationToken)
    {
        if (_strode < Stride)
        {
            return;
        }

        if (_delivered is { IsCompleted: false } delivered)
        {
            try
            {
                await delivered.WaitAsync(Pause, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The message is not whole yet, or the machine is slow.
            }
        }

        _strode = 0;
        _delivered = _budget?.WhenDelivered();
    }
}
