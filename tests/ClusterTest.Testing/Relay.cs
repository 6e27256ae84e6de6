using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Testing;

/// <summary>Accepts connections on a free port of 127.0.0.1, and passes on what comes, each in its own way.</summary>
public abstract class Relay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _relays = [];
    private Task _accepting = Task.CompletedTask;
    private int _accepted;

    /// <summary>Gets how many connections were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public int Port => ((IPEndPoint)Listener.LocalEndpoint).Port;

    protected TcpListener Listener { get; } = new(IPAddress.Loopback, 0);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _accepting;
        Listener.Dispose();
        await Task.WhenAll(_relays);
        _stop.Dispose();
    }

    /// <summary>Begins to accept; called once all is set up.</summary>
    protected void Listen()
    {
        Listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Serves one client until it or the other side is gone, and closes its socket. Does not throw.</summary>
    protected abstract Task RelayAsync(Socket accepted, CancellationToken stop);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await Listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _relays.Add(RelayAsync(client, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The end.
        }
    }
}
