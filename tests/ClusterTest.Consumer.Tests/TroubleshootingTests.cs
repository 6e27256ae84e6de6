using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ClusterTest.ProgramTests;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Consumer.Tests;

/// <summary>Each row of docs/troubleshooting.md is made by what it says is its cause, so that the document says what the program does.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TroubleshootingTests : ProgramTest
{
    private const string NoTestMessage = "no test message";
    private const string SilentServer = "127.0.53.1";
    private const string OtherSilentServer = "127.0.53.3"; // the rows are made at the same time
    private const string AnsweringServer = "127.0.53.2";

    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-trouble-");
    private readonly List<IDisposable> _held = [];

    protected override string Program => "cluster-test-consumer";

    public static TheoryData<string> Causes => [.. Rows().Keys];

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task What_the_document_says_is_what_the_program_says(string cause)
    {
        var program = await MakeAsync(cause);
        var (message, advice) = Rows()[cause];
        var pattern = Regex.Escape($"{message}\0{advice}")
            .Replace("…", ".+", StringComparison.Ordinal)
            .Replace("\0", "[.;] ", StringComparison.Ordinal);
        var expected = new Regex(pattern, RegexOptions.NonBacktracking);
        await program.StandardError.WaitForLineAsync(expected.IsMatch, timeout: Patience);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _held.ForEach(static held => held.Dispose());
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    private Task<ProgramUnderTest> MakeAsync(string cause) => cause switch
    {
        "Nothing listens at the port" => After(Broker.StopListening),
        "The name is unknown" => Task.FromResult(StartWith(["nowhere.invalid"])),
        "The first of two name servers is silent: each look-up takes 5 s" => AskingAsync(SilentServer, AnsweringServer),
        "No name server answers" => AskingAsync(OtherSilentServer),
        "A firewall drops the packets" => After(Broker.StopListening, () => Hold(BlackHole.At(IPAddress.Loopback, Broker.Port))),
        "The node or the balancer hangs" => After(Broker.Freeze),
        "No node behind the balancer is in service" => After(() => Broker.On<Accepted>().Disconnect()),
        "The port is that of the management page" => After(() => Broker.On<ProtocolHeader>().Do(header =>
        {
            header.Connection.Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
            header.Connection.Disconnect();
        })),
        "`amqps://`, and the port does not speak TLS" => SpeakingNoTlsAsync(),
        "The certificate's authority is not known here" => WithTlsAsync("localhost", 1, authority: Hold(new TestAuthority("Other"))),
        "The certificate has expired" => WithTlsAsync("localhost", -1),
        "The certificate is for another name, as with a port-forward" => WithTlsAsync("other.example", 1),
        "The broker wants a client certificate" => WithTlsAsync("localhost", 1, asksForCertificate: true),
        "Wrong user or password" => After(() => Broker.On<ConnectionStartOk>().CloseConnection(
            403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.")),
        "The broker has other ways to log in (`auth_mechanisms`)" => OfferingAsync("AMQPLAIN"),
        "The broker takes no user from the client certificate" => ByCertificateAsync(),
        "There is no such virtual host, or the user may not use it" => After(() => Broker.On<ConnectionOpen>().CloseConnection(
            530, "NOT_ALLOWED - vhost nope not found")),
        "A limit is reached: connections, channels, queues" => After(() => Broker.On<QueueDeclare>().CloseChannel(
            406, "PRECONDITION_FAILED - cannot declare queue 'cluster_test': queue limit in vhost '/' (0) is reached")),
        "The user may not declare" => After(() => Broker.On<QueueDeclare>().CloseChannel(
            403, "ACCESS_REFUSED - configure access to queue 'cluster_test' in vhost '/' refused for user 'guest'")),
        "The user may declare, and not consume" => After(() => Broker.On<BasicConsume>().CloseChannel(
            403, "ACCESS_REFUSED - read access to queue 'cluster_test' in vhost '/' refused for user 'guest'")),
        "The queue has other arguments, or another type" => After(() => Broker.Declare(Queue, new Dictionary<string, object?> { ["x-max-length"] = 10 })),
        "`--predeclared`, and nobody has declared the queue" => Task.FromResult(Start("--predeclared")),
        "`--predeclared`, and nobody has declared the parked queue" => ParkingAsync("--predeclared"),
        "The user may not declare the parked queue" => After(
            () => Broker.On<QueueDeclare>(declare => declare.Queue == $"{Queue}.parked").CloseChannel(
                403, $"ACCESS_REFUSED - configure access to queue '{Queue}.parked' in vhost '/' refused for user 'guest'"),
            Park),
        "The broker is short of memory or disk space (an alarm)" => After(
            () => Broker.After<BasicConsume>().Do(static consume => consume.Connection.Block("low on memory"))),
        "The variable's login is for another address" => Task.FromResult(
            StartWith([ScriptedBroker.Host, $"{Broker.Port}"], $"amqp://alice:{Secret}@elsewhere.example")),
        _ => throw new InvalidOperationException($"Nothing makes the row '{cause}'."),
    };

    private Task<ProgramUnderTest> After(params Action[] actions)
    {
        Array.ForEach(actions, static action => action());
        return Task.FromResult(Start());
    }

    private T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }

    private void Park()
    {
        Broker.Declare(Queue, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        Broker.Enqueue(Queue, NoTestMessage);
    }

    private Task<ProgramUnderTest> ParkingAsync(string option)
    {
        Park();
        return Task.FromResult(Start(option));
    }

    // As a broker answers what is no AMQP; the connection stays open, since its end can overtake the answer.
    private async Task<ProgramUnderTest> SpeakingNoTlsAsync()
    {
        var listener = Hold(new TcpListener(IPAddress.Loopback, 0));
        listener.Start();
        var program = StartWith(["--uri", $"amqps://{listener.LocalEndpoint}"]);
        var stream = Hold(await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).GetStream();
        Assert.NotEqual(0, await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken));
        await stream.WriteAsync("AMQP\0\0\x9\x1"u8.ToArray(), TestContext.Current.CancellationToken);
        return program;
    }

    private Task<ProgramUnderTest> OfferingAsync(string mechanisms)
    {
        var broker = ScriptedBroker.Start(new() { Mechanisms = mechanisms });
        broker.On<ConnectionStartOk>().Disconnect();
        return Task.FromResult(StartWith([ScriptedBroker.Host, $"{broker.Port}"]));
    }

    private async Task<ProgramUnderTest> ByCertificateAsync()
    {
        var broker = ScriptedBroker.Start(new() { Mechanisms = "PLAIN EXTERNAL" });
        broker.On<ConnectionStartOk>().CloseConnection(
            403, "ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL. For details see the broker logfile.");
        var front = TlsFront.Start(broker, _authority.Issue("localhost"), _authority.Certificate);
        var (authorities, client) = (Path.Combine(_files.FullName, "ca.pem"), Path.Combine(_files.FullName, "client.pem"));
        await File.WriteAllTextAsync(authorities, _authority.Pem, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(client, TestAuthority.PemOf(_authority.Issue("client")), TestContext.Current.CancellationToken);
        return StartWith(["localhost", $"{front.Port}", "--ca-file", authorities, "--client-cert", client]);
    }

    private async Task<ProgramUnderTest> WithTlsAsync(string name, int toDay, TestAuthority? authority = null, bool asksForCertificate = false)
    {
        var front = TlsFront.Start(Broker, (authority ?? _authority).Issue(name, -3, toDay), asksForCertificate ? _authority.Certificate : null);
        var file = Path.Combine(_files.FullName, "ca.pem");
        await File.WriteAllTextAsync(file, _authority.Pem, TestContext.Current.CancellationToken);
        return StartWith(["localhost", $"{front.Port}", "--ca-file", file, .. asksForCertificate ? (string[])["--retry-for", "10s"] : []]);
    }

    // The program's own view of /etc/resolv.conf, and of nothing else.
    private async Task<ProgramUnderTest> AskingAsync(params string[] servers)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can listen at port 53, and give a program a resolv.conf of its own.");
        Hold(NameServer.Silent(servers[0]));
        servers.Skip(1).ToList().ForEach(server => Hold(NameServer.Answering(server)));
        var file = Path.Combine(_files.FullName, "resolv.conf");
        await File.WriteAllLinesAsync(file, servers.Select(static server => $"nameserver {server}"), TestContext.Current.CancellationToken);
        var program = StartShell($"""exec unshare --mount sh -c 'mount --bind {file} /etc/resolv.conf && exec "$P" cluster.test $PORT' """);
        if (servers.Length > 1)
        {
            // It connects all the same.
            await program.StandardOutput.WaitForLineAsync(static line => line == "Ready for testing!", timeout: Patience);
        }

        return program;
    }

    private static Dictionary<string, (string Message, string Advice)> Rows([CallerFilePath] string path = "") => File
        .ReadLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "docs", "troubleshooting.md"))
        .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Cause ", StringComparison.Ordinal))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(static cells => cells[1], static cells => (cells[2], cells[3]));
}
