namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Keeps a connection from being read while its consumer holds as many bytes as it may (<see cref="BodyBudget"/>), so that the broker keeps the rest. Nothing
/// else limits the bytes: RabbitMQ has no prefetch in bytes, and the client library queues everything that the socket delivers (7.2.2,
/// ConsumerDispatcherChannelBase).
/// </summary>
/// <remarks>
/// The client library considers a peer dead that sent no frame in three heartbeat intervals. So the gate lets one frame through in each interval. That way
/// a loss of the connection is noticed, too.
/// </remarks>
internal sealed class ReadGate(TimeProvider time)
{
    // Enough octets for a whole frame, wherever the frame begins, and for the overhead of TLS.
    private const int Trickle = (int)Link.MaxFrameSize * 9 / 8;

    // After this many octets the gate waits until the client library has delivered a message: no budget counts octets that were read and not delivered.
    private const int Stride = 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private int _allowed;
    private int _strode;
    private Task? _delivered;
    private volatile BodyBudget? _budget;
    private volatile bool _isOpened;

    /// <summary>Gets or sets the interval of the connection's heartbeats.</summary>
    public TimeSpan Interval { get; set; } = ClusterOptions.DefaultHeartbeat;

    /// <summary>Sets the budget that decides from now on.</summary>
    public BodyBudget Budget
    {
        set => _budget = value;
    }

    /// <summary>Lets everything through from now on.</summary>
    public void Open()
    {
        _isOpened = true;
        _budget?.Lift();
    }

    /// <summary>Waits until the connection may be read.</summary>
    /// <returns>How many octets may be read.</returns>
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

    /// <summary>Counts the octets that were read.</summary>
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
                // The message is not complete yet, or the machine is slow.
            }
        }

        _strode = 0;
        _delivered = _budget?.WhenDelivered();
    }
}
