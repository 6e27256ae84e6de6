using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ClusterTest.Reconnect.Internal.Failures;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Looks up the addresses of a name and connects to the first address that answers, as RFC 8305 describes: the address families take turns, each try begins
/// 250 ms after the try before it or when a try has failed, and when one try is connected, the others end. The client library (7.2.2, SocketFactory) tries
/// one address of each family, one after the other.
/// </summary>
internal sealed class Dialer(ClusterOptions options)
{
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250); // RFC 8305, section 8

    // Most answers come within milliseconds; a name server that does not answer costs 5 s (resolv.conf(5), timeout).
    private static readonly TimeSpan SlowLookUp = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (Task<IPAddress[]> Addresses, long Started)> _lookUps = new();
    private bool _hasToldSlow;

    /// <summary>Gets the failure of an attempt that ends now because no answer came.</summary>
    public Failure NoAnswer { get; private set; } = FailureClassifier.NoAnswer;

    /// <summary>Gets whether the attempt had connected when it ended, and only its handshake had not.</summary>
    public bool IsConnected => NoAnswer == FailureClassifier.NoAnswer;

    /// <summary>Puts addresses into the order of the tries.</summary>
    /// <param name="addresses">The addresses in the order of the look-up: the best first.</param>
    /// <param name="turn">How many addresses move from the front to the end, so that the next one has its turn.</param>
    public static IReadOnlyList<IPAddress> InOrder(IReadOnlyList<IPAddress> addresses, int turn)
    {
        if (addresses.Count is 1)
        {
            return addresses;
        }

        var families = addresses.Distinct().GroupBy(static address => address.AddressFamily).Select(static family => family.ToList()).ToList();
        var mixed = Enumerable.Range(0, addresses.Count).SelectMany(i => families.Where(family => i < family.Count).Select(family => family[i])).ToList();
        return [.. mixed.Select((_, i) => mixed[(int)(((uint)turn + (uint)i) % (uint)mixed.Count)])];
    }

    /// <summary>Connects.</summary>
    /// <param name="endpoint">The address to connect to.</param>
    /// <param name="turn">Which address of the name has its turn.</param>
    /// <param name="cleanUp">Closes the sockets of tries that connect after the first.</param>
    /// <param name="cancellationToken">Ends all tries.</param>
    /// <exception cref="SocketException">The name has no address.</exception>
    /// <exception cref="AggregateException">No try succeeded; the inner exceptions are in the order of the addresses.</exception>
    public async Task<Socket> ConnectAsync(ClusterEndpoint endpoint, int turn, CleanUp cleanUp, CancellationToken cancellationToken)
    {
        NoAnswer = NewFailure.Connection(
            FailureKind.TimedOut,
            $"the name service did not resolve {PeerText.Line(endpoint.Host)} in time",
            "Check HOST, and the name service.");
        var addresses = InOrder(await LookUpAsync(endpoint.Host, cancellationToken).ConfigureAwait(false), turn);
        NoAnswer = NewFailure.Connection(
            FailureKind.TimedOut,
            $"nothing answers at {string.Join(", ", addresses)}",
            "Check HOST and PORT, and the firewalls on the way.");
        var socket = await RaceAsync(addresses, endpoint.Port, cleanUp, cancellationToken).ConfigureAwait(false);
        NoAnswer = FailureClassifier.NoAnswer;
        return socket;
    }

    // A look-up cannot be cancelled. If it takes longer than an attempt, the next attempt waits for the same look-up: a new one would fail as well.
    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        var begun = _lookUps.GetOrAdd(host, BeginLookUp);
        var (lookUp, started) = begun;
        try
        {
            await TellIfSlowAsync(lookUp, started, host, cancellationToken).ConfigureAwait(false);
            var addresses = await lookUp.WaitAsync(cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
        }
        finally
        {
            if (lookUp.IsCompleted)
            {
                _lookUps.TryRemove(new(host, begun));
            }
        }
    }

    // Logs once, until a look-up is quick again.
    private async Task TellIfSlowAsync(Task lookUp, long started, string host, CancellationToken cancellationToken)
    {
        if (!lookUp.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var rest = SlowLookUp - options.TimeProvider.GetElapsedTime(started);
            await Task.WhenAny(lookUp, Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, options.TimeProvider, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            var isSlow = options.TimeProvider.GetElapsedTime(started) >= SlowLookUp;
            if (isSlow && !_hasToldSlow)
            {
                Log.SlowLookUp(Notices.Of(options), PeerText.Line(host), SlowLookUp.TotalSeconds);
            }

            _hasToldSlow = isSlow;
        }
    }

    private (Task<IPAddress[]> Addresses, long Started) BeginLookUp(string host)
    {
        var started = options.TimeProvider.GetTimestamp();
        var lookUp = options.LookUp(host);

        // Observes the exception, in case nobody waits any more.
        _ = lookUp.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return (lookUp, started);
    }

    private async Task<Socket> RaceAsync(IReadOnlyList<IPAddress> addresses, int port, CleanUp cleanUp, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<Socket>> tries = [];
        Task<Socket>? winner = null;
        try
        {
            while ((winner = tries.Find(static ended => ended.IsCompletedSuccessfully)) is null)
            {
                var running = tries.Where(static running => !running.IsCompleted).ToList();
                if (tries.Count < addresses.Count)
                {
                    tries.Add(TryAsync(addresses[tries.Count], port, over.Token));
                    running.Add(tries[^1]); // also if this try has ended already
                }
                else if (running.Count == 0)
                {
                    throw new AggregateException(tries.Select(static failed => failed.Exception!.InnerException!));
                }

                var pause = Task.Delay(tries.Count < addresses.Count ? Stagger : Timeout.InfiniteTimeSpan, options.TimeProvider, over.Token);
                await Task.WhenAny([.. running, pause]).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await winner.ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            tries.Where(loser => loser != winner).ToList().ForEach(loser => cleanUp.Track(CloseAsync(loser)));
        }
    }

    private static async Task<Socket> TryAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task CloseAsync(Task<Socket> loser)
    {
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loser.IsCompletedSuccessfully)
        {
            (await loser.ConfigureAwait(false)).Dispose();
        }
    }
}
