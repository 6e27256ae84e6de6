using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;

namespace ClusterTest.Reconnect.Tests.Hostile;

/// <summary>
/// A client that lives through many hostile connections, one after the other at one address, and must be well again as soon as the broker is.
/// </summary>
internal abstract class HostileLane(int seed) : IAsyncDisposable
{
    protected const string Name = "q"; // exchange, queue and routing key

    // What is open and does not complain is given this long to be found out by the next thing that goes wrong.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(15);
    protected static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(3);

    // Far above all the deadlines that the client has, on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HurriedTime _time = new(speed: 20);
    private readonly Lock _lock = new();
    private readonly List<HostileCase> _played = [];
    private Queue<int> _cases = [];
    private Task? _completion;
    private volatile bool _isOpen;
    private int _port;

    /// <summary>Gets how often the peer's words amounted to a failure that no retry mends, and the client was started anew.</summary>
    public int FatalFaults { get; private set; }

    protected ScriptedBroker Broker { get; private set; } = null!;

    protected IReadOnlyList<HostileCase> Played
    {
        get
        {
            lock (_lock)
            {
                return [.. _played];
            }
        }
    }

    protected ClusterOptions Cluster => new()
    {
        Endpoints = [new ClusterEndpoint(ScriptedBroker.Host, _port)],
        Topology = Topology.Named(Name) with { QueueType = QueueType.Classic },
        TimeProvider = _time,
        AttemptTimeout = TimeSpan.FromSeconds(5),
        ReadyTimeout = TimeSpan.FromSeconds(5),
        StallTimeout = TimeSpan.FromSeconds(4),
        OnSessionEvent = change => _isOpen = change.To == SessionState.Open,
    };

    /// <summary>Plays the cases, one for each connection, then is a good broker and sees whether the client is well.</summary>
    public async Task PlayAsync(IEnumerable<int> cases)
    {
        _cases = new(cases);
        _played.Clear();
        var count = _cases.Count;
        Broker = ScriptedBroker.Start(new ScriptedBrokerOptions { Port = _port, Distort = Distort });
        await using (Broker)
        {
            _port = Broker.Port;
            Begin();
            _completion ??= StartClient();
            try
            {
                for (var i = 0; i < count; i++)
                {
                    await PassAsync(i);
                }

                await ProveWellAsync();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                var heard = string.Join('\n', Broker.Received.TakeLast(15).Select(method => $"{method.Connection}: {method}"));
                throw new InvalidOperationException(
                    $"{this}: {exception.Message}, {(_isOpen ? "and says that it is open" : "and is not open")}; "
                        + $"{string.Join(", ", Played.TakeLast(3))}.. The broker heard:\n{heard}",
                    exception);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_completion is not null)
        {
            await StopClientAsync();
        }
    }

    public override string ToString() => $"{GetType().Name}, seed {seed}";

    /// <summary>Starts the client.</summary>
    /// <returns>Its completion.</returns>
    protected abstract Task StartClient();

    protected abstract ValueTask StopClientAsync();

    /// <summary>A broker without memory of the last one is there.</summary>
    protected abstract void Begin();

    /// <summary>A connection is about to hear its first words.</summary>
    protected abstract void Feed();

    /// <summary>The broker is good now: sees that the client works, and that it told nothing that was not so.</summary>
    protected abstract Task ProveWellAsync();

    protected async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            await RestartIfEndedAsync();
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException(otherwise);
            }

            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> Distort(BrokerConnection connection, ReadOnlyMemory<byte> words, CancellationToken cancellationToken)
    {
        HostileCase @case;
        lock (_lock)
        {
            while (_played.Count < connection.Number)
            {
                _played.Add(_cases.TryDequeue(out var number) ? new HostileCase(seed, number) : HostileCase.None);
                Feed();
            }

            @case = _played[connection.Number - 1];
        }

        return @case.DistortAsync(connection, words, cancellationToken);
    }

    private async Task PassAsync(int index)
    {
        await UntilAsync(() => Broker.Connections.Count > index, "The client does not connect");
        var connection = Broker.Connections[index];
        await UntilAsync(() => _isOpen || connection.EndedAt is not null, "The client neither opens nor gives up");
        if (connection.EndedAt is null)
        {
            await Task.Delay(Grace, TimeProvider.System);
            connection.Reset();
        }
    }

    private async Task RestartIfEndedAsync()
    {
        if (_completion is { IsCompleted: true })
        {
            var failure = await Assert.ThrowsAnyAsync<ClusterException>(() => _completion);
            Assert.False(failure.IsTransient, failure.Message);
            FatalFaults++;
            await StopClientAsync();
            _completion = StartClient();
        }
    }
}
