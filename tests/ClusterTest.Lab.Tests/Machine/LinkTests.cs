using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Machine;

/// <summary>Tests of the link between two sites, on loopback.</summary>
public sealed class LinkTests : IAsyncLifetime, IProgress<string>
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly LinkSetting Later = LinkSetting.SlowBy(TimeSpan.FromMilliseconds(300), 100_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-test-link-").FullName;
    private readonly ConcurrentQueue<string> _said = [];
    private readonly Socket _destination = Listen();
    private readonly List<Socket> _sockets = [];
    private Link _link = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private LinkFiles Files => new(Path.Combine(_folder, "control"), Path.Combine(_folder, "state"));

    public ValueTask InitializeAsync()
    {
        _link = new Link(VacantAddress(), AddressOf(_destination), LinkSetting.Whole, TimeProvider.System, this);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _sockets.ForEach(static socket => socket.Dispose());
        _destination.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void IProgress<string>.Report(string value) => _said.Enqueue(value);

    [Fact]
    public async Task Both_directions_carry_every_byte()
    {
        var (client, server) = await ConnectAsync();
        var forth = RandomNumberGenerator.GetBytes(10_000_000);
        var back = RandomNumberGenerator.GetBytes(10_000_000);

        var sending = Task.WhenAll(SendAndCloseAsync(client, forth), SendAndCloseAsync(server, back));
        var received = await Task.WhenAll(ReceiveAllAsync(server), ReceiveAllAsync(client));
        await sending;

        Assert.True(forth.AsSpan().SequenceEqual(received[0]));
        Assert.True(back.AsSpan().SequenceEqual(received[1]));
        await Eventually.TrueAsync(() => _link.State == new LinkState(LinkSetting.Whole, Environment.ProcessId, 0, forth.Length, back.Length));
    }

    [Fact]
    public async Task One_direction_ends_alone()
    {
        var (client, server) = await ConnectAsync();

        await SendAndCloseAsync(client, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await ReceiveAllAsync(server));
        await SendAndCloseAsync(server, [4, 5]);

        Assert.Equal([4, 5], await ReceiveAllAsync(client));
    }

    [Fact]
    public async Task A_cut_resets_both_ends_and_refuses_and_a_whole_link_carries_again()
    {
        for (var time = 0; time < 5; time++)
        {
            var (client, server) = await ConnectAsync();
            var (idle, _) = await ConnectAsync();

            _link.Set(LinkSetting.Cut);

            Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(client)));
            Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(server)));
            Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(idle)));
            Assert.Equal(SocketError.ConnectionRefused, await ErrorOfAsync(ReachAsync()));
            await Eventually.TrueAsync(() => _link.State.Connections is 0);

            _link.Set(LinkSetting.Whole);

            await CarriesAsync(await ConnectAsync());
        }
    }

    [Fact]
    public async Task A_cut_link_whose_port_somebody_took_stays_cut_until_the_port_is_free()
    {
        _link.Set(LinkSetting.Cut);
        using (var thief = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            thief.Bind(_link.Address);
            thief.Listen();

            Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => _link.Set(LinkSetting.Whole)).SocketErrorCode);
            Assert.Equal(LinkSetting.Cut, _link.Setting);
        }

        _link.Set(LinkSetting.Whole);

        await CarriesAsync(await ConnectAsync());
    }

    [Fact]
    public async Task A_half_open_link_keeps_what_is_sent_and_delivers_it_when_whole()
    {
        var (client, server) = await ConnectAsync();

        _link.Set(LinkSetting.HalfOpen);
        await client.SendAsync(new byte[] { 1, 2, 3 }, Cancelled);
        await SendAndCloseAsync(server, [4, 5]);
        var late = await ReachAsync();
        await late.SendAsync(new byte[] { 6 }, Cancelled);
        Task[] arrivals = [ReceiveAsync(server, 3), ReceiveAllAsync(client), AcceptAsync()];
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancelled);
        Assert.DoesNotContain(arrivals, static arrival => arrival.IsCompleted);

        _link.Set(LinkSetting.Whole);

        Assert.Equal([1, 2, 3], await (Task<byte[]>)arrivals[0]);
        Assert.Equal([4, 5], await (Task<byte[]>)arrivals[1]);
        Assert.Equal([6], await ReceiveAsync(await (Task<Socket>)arrivals[2], 1));
    }

    [Fact]
    public async Task A_half_open_link_tells_no_end_that_the_other_was_reset()
    {
        var (client, server) = await ConnectAsync();
        _link.Set(LinkSetting.HalfOpen);

        client.Close(0);
        var told = ErrorOfAsync(ReceiveAllAsync(server));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System, Cancelled);
        Assert.False(told.IsCompleted);
        _link.Set(LinkSetting.Whole);

        Assert.Equal(SocketError.ConnectionReset, await told);
    }

    [Fact]
    public async Task A_half_open_link_can_be_cut()
    {
        var (client, server) = await ConnectAsync();
        _link.Set(LinkSetting.HalfOpen);
        await client.SendAsync(new byte[] { 1 }, Cancelled);
        var late = await ReachAsync();

        _link.Set(LinkSetting.Cut);

        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(client)));
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(server)));
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(late)));
        await Eventually.TrueAsync(() => _link.State.Connections is 0);
    }

    [Fact]
    public async Task A_slow_link_delivers_late_and_at_its_rate()
    {
        var (client, server) = await ConnectAsync();
        var whole = await TransferTimeAsync(client, server, 100_000);
        _link.Set(Later);

        Assert.InRange(await TransferTimeAsync(client, server, 1), Later.Latency, TimeSpan.MaxValue);
        Assert.InRange(await TransferTimeAsync(server, client, 1), Later.Latency, TimeSpan.MaxValue);
        var slow = await TransferTimeAsync(client, server, 100_000);

        Assert.InRange(slow, TimeSpan.FromSeconds(1) + Later.Latency, TimeSpan.MaxValue);
        Assert.True(slow > whole, $"{slow} is not more than {whole}");
    }

    [Fact]
    public async Task What_a_slow_link_holds_arrives_when_it_is_whole()
    {
        var (client, server) = await ConnectAsync();
        _link.Set(LinkSetting.SlowBy(TimeSpan.FromHours(1), 1));
        await SendAndCloseAsync(client, [1, 2, 3]);
        var arrival = ReceiveAllAsync(server);

        _link.Set(LinkSetting.Whole);

        Assert.Equal([1, 2, 3], await arrival);
    }

    [Fact]
    public async Task A_client_is_reset_when_the_destination_refuses_and_the_link_goes_on()
    {
        using var vacant = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        vacant.Bind(AnyPort);
        var started = Stopwatch.GetTimestamp();
        await using var link = new Link(VacantAddress(), AddressOf(vacant), LinkSetting.Whole, TimeProvider.System, this);

        for (var time = 0; time < 10; time++)
        {
            // The reset may come before the client has seen that it is connected.
            Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReachAndReceiveAsync()));
        }

        vacant.Listen();
        var client = await ReachAsync(link);
        using var server = await vacant.AcceptAsync(Cancelled);
        await CarriesAsync((client, server));
        Assert.Contains("cannot be reached", _said.First(), StringComparison.Ordinal);
        Assert.InRange(_said.Count, 1, 1 + (int)Stopwatch.GetElapsedTime(started).TotalSeconds);

        async Task ReachAndReceiveAsync() => await ReceiveAllAsync(await ReachAsync(link));
    }

    [Fact]
    public async Task Many_connections_are_carried_at_once()
    {
        List<(Socket Client, Socket Server)> pairs = [];
        for (var number = 0; number < 200; number++)
        {
            pairs.Add(await ConnectAsync());
        }

        await Task.WhenAll(pairs.Select(CarriesAsync));
        Assert.Equal(200, _link.State.Connections);

        await Task.WhenAll(pairs.SelectMany(static pair => new[] { SendAndCloseAsync(pair.Client, []), SendAndCloseAsync(pair.Server, []) }));

        await Eventually.TrueAsync(() => _link.State.Connections is 0);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_blocks_the_writer()
    {
        var (client, server) = await ConnectAsync();

        var sent = await FillAsync(client);

        Assert.InRange(sent, 1, 16_000_000);
        Assert.Equal(sent, (await ReceiveAsync(server, sent)).Length);
        await CarriesAsync((client, server));
    }

    [Fact]
    public async Task An_end_that_does_not_read_is_reset_when_the_other_was()
    {
        var (client, server) = await ConnectAsync();
        await FillAsync(client);

        client.Close(0);

        await Eventually.TrueAsync(() => server.Poll(0, SelectMode.SelectError));
        await Eventually.TrueAsync(() => _link.State.Connections is 0);
    }

    [Fact]
    public async Task What_was_sent_before_a_reset_arrives_before_it()
    {
        var (client, server) = await ConnectAsync();
        await CarriesAsync((client, server));
        _link.Set(Later);

        await client.SendAsync(new byte[] { 1, 2, 3 }, Cancelled);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        client.Close(0);

        Assert.Equal([1, 2, 3], await ReceiveAsync(server, 3));
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(server)));
    }

    [Fact]
    public async Task The_process_does_what_the_control_file_says()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Files.Want(LinkSetting.Cut);
        var address = VacantAddress();
        var process = LinkProcess.RunAsync(address, AddressOf(_destination), Files, TimeProvider.System, this, stop.Token);
        await Eventually.TrueAsync(() => Files.ReadState()?.Setting == LinkSetting.Cut);

        foreach (var setting in new[] { Later, LinkSetting.HalfOpen, LinkSetting.Cut, LinkSetting.Whole })
        {
            await Files.WantAsync(setting, TimeProvider.System, Cancelled);
        }

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, Cancelled);
        await CarriesAsync((client, await AcceptAsync()));
        await Eventually.TrueAsync(() => Files.ReadState() is { Connections: 1, Forth: 1, Back: 1 });

        await File.WriteAllTextAsync(Path.Combine(_folder, "control"), "nonsense", Cancelled);
        await Eventually.TrueAsync(() => _said.Any(static line => line.Contains("should be one of", StringComparison.Ordinal)));
        await Files.WantAsync(LinkSetting.Cut, TimeProvider.System, Cancelled);

        await stop.CancelAsync();
        await process;
        Assert.Null(Files.ReadState());
        Assert.Equal(
            ["cut", $"{Later}", "half-open", "cut", "whole", "cut"],
            _said.Where(static line => line.Contains("the link is ", StringComparison.Ordinal)).Select(static line => line.Split("the link is ")[1]));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("cut")]
    [InlineData("half-open")]
    [InlineData("slow 200ms 256000")]
    [InlineData("slow 1.5s 1")]
    public void A_setting_is_read_as_it_is_written(string text)
    {
        Assert.True(LinkSetting.TryParse(text, out var setting));
        Assert.Equal(text, $"{setting}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("slow 200ms")]
    [InlineData("slow 200ms 0")]
    [InlineData("Whole")]
    public void Another_setting_is_refused(string text) => Assert.False(LinkSetting.TryParse(text, out _));

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task The_command_runs_until_a_signal(Signal signal)
    {
        var address = VacantAddress();
        await using var program = Start($"{address}", $"{AddressOf(_destination)}");
        await Eventually.TrueAsync(() => Files.ReadState() is { } state && state.ProcessId == program.ProcessId);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, Cancelled);
        await CarriesAsync((client, await AcceptAsync()));

        program.Send(signal);

        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(ReceiveAllAsync(client)));
        Assert.Null(Files.ReadState());
        Assert.Empty(program.StandardError);
    }

    [Fact]
    public async Task The_command_complains_in_one_line()
    {
        await ComplainsAsync("Address already in use", $"{_link.Address}", $"{AddressOf(_destination)}");
        await ComplainsAsync("every address of this machine", "0.0.0.0:5672", $"{AddressOf(_destination)}");
        await ComplainsAsync("every address of this machine", "[::]:5672", $"{AddressOf(_destination)}");
        await ComplainsAsync("every address of this machine", "[::ffff:0.0.0.0]:5672", $"{AddressOf(_destination)}");
        await ComplainsAsync("is not the name or address of a machine", "127.0.0.1:1", "nowhere.invalid:5672");
        await ComplainsAsync("is not of the form HOST:PORT", "127.0.0.1:1", "localhost");
        await ComplainsAsync("is not of the form HOST:PORT", "127.0.0.1:0", $"{AddressOf(_destination)}");
    }

    private async Task ComplainsAsync(string complaint, string listen, string to)
    {
        await using var program = Start(listen, to);
        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.Contains(complaint, Assert.Single(program.StandardError), StringComparison.Ordinal);
    }

    private ProgramUnderTest Start(string listen, string to) => ProgramUnderTest.Start(
        LabPrograms.Find("ClusterTest.Lab", "cluster-test-lab"),
        ["link", "--listen", listen, "--to", to, "--control", Path.Combine(_folder, "control"), "--state", Path.Combine(_folder, "state")]);

    private async Task<(Socket Client, Socket Server)> ConnectAsync() => (await ReachAsync(), await AcceptAsync());

    private async Task<Socket> ReachAsync(Link? link = null)
    {
        var client = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync((link ?? _link).Address, Cancelled);
        return client;
    }

    private async Task<Socket> AcceptAsync() => Kept(await _destination.AcceptAsync(Cancelled));

    private Socket Kept(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(AnyPort);
        socket.Listen();
        return socket;
    }

    private static IPEndPoint AddressOf(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>An address at which nobody listens. The kernel gives its port to nobody who asks for any port.</summary>
    private IPEndPoint VacantAddress()
    {
        var socket = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(AnyPort);
        return AddressOf(socket);
    }

    private static async Task CarriesAsync((Socket Client, Socket Server) pair)
    {
        await pair.Client.SendAsync(new byte[] { 7 }, Cancelled);
        Assert.Equal([7], await ReceiveAsync(pair.Server, 1));
        await pair.Server.SendAsync(new byte[] { 8 }, Cancelled);
        Assert.Equal([8], await ReceiveAsync(pair.Client, 1));
    }

    private static async Task SendAndCloseAsync(Socket socket, byte[] bytes)
    {
        for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, Cancelled)..];
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        List<byte> all = [];
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer, Cancelled) is > 0 and var count)
        {
            all.AddRange(buffer.AsSpan(0, count));
        }

        return [.. all];
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var now = await socket.ReceiveAsync(bytes.AsMemory(read), Cancelled);
            Assert.NotEqual(0, now);
            read += now;
        }

        return bytes;
    }

    /// <summary>Sends until nobody takes anything for a while.</summary>
    private static async Task<int> FillAsync(Socket socket)
    {
        var sent = 0;
        socket.Blocking = false;
        for (var idle = 0; idle < 10;)
        {
            var now = socket.Send(new byte[65536], SocketFlags.None, out var error);
            idle = error is SocketError.WouldBlock ? idle + 1 : 0;
            sent += now;
            if (idle > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
            }
        }

        return sent;
    }

    private static async Task<TimeSpan> TransferTimeAsync(Socket from, Socket to, int bytes)
    {
        var started = Stopwatch.GetTimestamp();
        var arrival = ReceiveAsync(to, bytes);
        await from.SendAsync(new byte[bytes], Cancelled);
        await arrival;
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<SocketError> ErrorOfAsync(Task task) => (await Assert.ThrowsAsync<SocketException>(() => task)).SocketErrorCode;
}
