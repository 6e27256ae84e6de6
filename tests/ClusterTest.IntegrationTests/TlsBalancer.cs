using System.Globalization;
using System.Net.Sockets;
using ClusterTest.Testing;

namespace ClusterTest.IntegrationTests;

/// <summary>A real HAProxy that terminates TLS in front of the cluster, with a port for each kind of certificate.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class TlsBalancer : IAsyncDisposable
{
    private const int FirstPort = 7780;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-haproxy-");
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("Stranger");
    private ProgramUnderTest? _haproxy;

    public static int Good => FirstPort;

    public static int Expired => FirstPort + 1;

    public static int WrongName => FirstPort + 2;

    public static int Untrusted => FirstPort + 3;

    public static int Demanding => FirstPort + 4;

    public static int DemandingTls12 => FirstPort + 5;

    public string Authorities => Path.Combine(_files.FullName, "ca.pem");

    public string Client => Path.Combine(_files.FullName, "client.pem");

    public string StrangeClient => Path.Combine(_files.FullName, "strange-client.pem");

    public static async Task<TlsBalancer> StartAsync(ClusterFixture fixture)
    {
        var balancer = new TlsBalancer();
        await balancer.WriteAsync("ca.pem", balancer._authority.Pem);
        await balancer.WriteAsync("client.pem", TestAuthority.PemOf(balancer._authority.Issue("client")));
        await balancer.WriteAsync("strange-client.pem", TestAuthority.PemOf(balancer._stranger.Issue("client")));
        await balancer.WriteAsync("good.pem", TestAuthority.PemOf(balancer._authority.Issue("localhost")));
        await balancer.WriteAsync("expired.pem", TestAuthority.PemOf(balancer._authority.Issue("localhost", -3, -1)));
        await balancer.WriteAsync("wrong.pem", TestAuthority.PemOf(balancer._authority.Issue("other.example")));
        await balancer.WriteAsync("strange.pem", TestAuthority.PemOf(balancer._stranger.Issue("localhost")));
        await balancer.WriteAsync("haproxy.cfg", string.Create(CultureInfo.InvariantCulture, $"""
            global
                ssl-default-bind-options ssl-min-ver TLSv1.2
            defaults
                mode tcp
                timeout connect 5s
                timeout client 1m
                timeout server 1m
            frontend tls
                bind 127.0.0.1:{Good} ssl crt {balancer._files}/good.pem
                bind 127.0.0.1:{Expired} ssl crt {balancer._files}/expired.pem
                bind 127.0.0.1:{WrongName} ssl crt {balancer._files}/wrong.pem
                bind 127.0.0.1:{Untrusted} ssl crt {balancer._files}/strange.pem
                bind 127.0.0.1:{Demanding} ssl crt {balancer._files}/good.pem verify required ca-file {balancer.Authorities}
                bind 127.0.0.1:{DemandingTls12} ssl crt {balancer._files}/good.pem verify required ca-file {balancer.Authorities} ssl-max-ver TLSv1.2
                default_backend cluster
            backend cluster
                server balancer {fixture.Host}:{fixture.Port}

            """));
        balancer._haproxy = ProgramUnderTest.Start("/usr/sbin/haproxy", ["-db", "-f", Path.Combine(balancer._files.FullName, "haproxy.cfg")]);
        await ListensAsync();
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        if (_haproxy is not null)
        {
            await _haproxy.DisposeAsync();
        }

        _authority.Dispose();
        _stranger.Dispose();
        _files.Delete(recursive: true);
    }

    private static async Task ListensAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", DemandingTls12);
                return;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(started) < Programs.Patience)
            {
                await Task.Delay(Interval, TimeProvider.System);
            }
        }
    }

    // Private from the start: the programs warn of a key that others may read.
    private async Task WriteAsync(string name, string text)
    {
        await using var file = new StreamWriter(Path.Combine(_files.FullName, name), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await file.WriteAsync(text);
    }
}
