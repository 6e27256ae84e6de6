using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>How a program logs in, of what the broker offers.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public abstract class MechanismTests : ProgramTest
{
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-login-");

    [Theory]
    [InlineData("AMQPLAIN")]
    [InlineData("EXTERNAL")]
    [InlineData("AMQPLAIN RABBIT-CR-DEMO")]
    public async Task A_broker_that_offers_nothing_that_is_spoken_here_is_told_by_what_it_offers(string offered)
    {
        // NServiceBus.RabbitMQ#407, EasyNetQ PR#598. RabbitMQ closes the connection without a word, 3 s later.
        await using var broker = ScriptedBroker.Start(new() { Mechanisms = offered });
        broker.On<ConnectionStartOk>().Disconnect();
        var program = StartWith([ScriptedBroker.Host, $"{broker.Port}"]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains(
            $"the broker offers no login mechanism that this "
                + $"client uses (the broker offers {offered.Replace(" ", ", ", StringComparison.Ordinal)}; the client uses PLAIN)",
            FatalLine(program), StringComparison.Ordinal);
        Assert.DoesNotContain("TLS", FatalLine(program), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN AMQPLAIN EXTERNAL", "", "EXTERNAL")]
    [InlineData("PLAIN AMQPLAIN", "", "PLAIN")]
    [InlineData("PLAIN AMQPLAIN EXTERNAL", "alice@", "PLAIN")]
    [InlineData("PLAIN AMQPLAIN EXTERNAL", "alice:secret@", "PLAIN")]
    [InlineData("PLAIN AMQPLAIN EXTERNAL", "", "EXTERNAL", "auth_mechanism=external")]
    [InlineData("PLAIN AMQPLAIN EXTERNAL", "", "PLAIN", "auth_mechanism=plain")]
    public async Task A_client_certificate_without_a_user_logs_in_by_itself(string offered, string user, string mechanism, string parameter = "heartbeat=10")
    {
        await using var broker = ScriptedBroker.Start(new() { Mechanisms = offered });
        using var client = _authority.Issue("client");
        await using var front = TlsFront.Start(broker, _authority.Issue("localhost"), _authority.Certificate);
        var ca = await FileAsync("ca.pem", _authority.Pem);
        var certificate = await FileAsync("both.pem", TestAuthority.PemOf(client));
        StartWith(["--uri", $"amqps://{user}localhost:{front.Port}?{parameter}", "--ca-file", ca, "--client-cert", certificate]);
        var login = await broker.ReceivedAsync<ConnectionStartOk>(timeout: Patience);
        Assert.Equal(mechanism, login.Mechanism);
        Assert.Equal(mechanism == "EXTERNAL", login.Response.Length == 0);
    }

    [Theory]
    [InlineData("EXTERNAL", "", "of the client certificate, else guest", "a user of the name in the client certificate (ssl_cert_login_from)")]
    [InlineData("EXTERNAL", "?auth_mechanism=external", "of the client certificate", "a user of the name in the client certificate (ssl_cert_login_from)")]
    [InlineData("PLAIN", "", "of the client certificate, else guest", "Check user name and password")]
    public async Task A_login_that_is_refused_is_told_with_its_way(string mechanism, string parameter, string user, string advice)
    {
        await using var broker = ScriptedBroker.Start(new() { Mechanisms = $"AMQPLAIN {mechanism}" });
        broker.On<ConnectionStartOk>().CloseConnection(
            403, $"ACCESS_REFUSED - Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.");
        await using var front = TlsFront.Start(broker, _authority.Issue("localhost"), _authority.Certificate);
        var ca = await FileAsync("ca.pem", _authority.Pem);
        var certificate = await FileAsync("both.pem", TestAuthority.PemOf(_authority.Issue("client")));
        var program = StartWith(["--uri", $"amqps://localhost:{front.Port}{parameter}", "--ca-file", ca, "--client-cert", certificate]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains($"(user {user}, virtual host /): the broker refused the login (403", FatalLine(program), StringComparison.Ordinal);
        Assert.Contains(advice, FatalLine(program), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_for_TLS_can_stand_in_the_URI()
    {
        using var client = _authority.Issue("client");
        await using var front = TlsFront.Start(Broker, _authority.Issue("broker.example"), _authority.Certificate);
        var ca = await FileAsync("ca.pem", _authority.Pem);
        var certificate = await FileAsync("cert.pem", client.ExportCertificatePem());
        var key = await FileAsync("key.pem", TestAuthority.KeyPemOf(client));
        var files = $"cacertfile={ca}&certfile={certificate}&keyfile={key}";
        StartWith(["--uri", $"amqps://localhost:{front.Port}?{files}&verify=verify_peer&server_name_indication=broker.example"]);
        await Broker.ReceivedAsync<ConnectionOpen>(timeout: Patience);
        Assert.Equal("CN=client", front.Clients[0]);
    }

    [Theory]
    [InlineData("broker.example", null)]
    [InlineData("other.example", "the server's certificate is not for other.example, but for broker.example")]
    [InlineData(
        null,
        "the server's certificate is not for localhost, but for broker.example. "
            + "Connect by a name that the certificate is for, give such a name with --server-name, or have the certificate issued for this name")]
    public async Task The_name_that_the_certificate_must_carry_can_be_given(string? name, string? refusal)
    {
        // perf-test#252: a port-forward.
        await using var front = TlsFront.Start(Broker, _authority.Issue("broker.example"));
        string[] serverName = name is null ? [] : ["--server-name", name];
        var program = StartWith(["localhost", $"{front.Port}", "--ca-file", await FileAsync("ca.pem", _authority.Pem), .. serverName]);
        if (refusal is null)
        {
            await Broker.ReceivedAsync<ConnectionOpen>(timeout: Patience);
            return;
        }

        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains(refusal, FatalLine(program), StringComparison.Ordinal);
        Assert.Empty(Broker.Received.OfType<ConnectionStartOk>());
    }

    [Fact]
    public async Task A_server_name_means_TLS()
    {
        await using var front = TlsFront.Start(Broker, _authority.Issue("broker.example"));
        var program = StartWith(["localhost", $"{front.Port}", "--server-name", "broker.example"]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains("comes from an authority that is not trusted", FatalLine(program), StringComparison.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        _files.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task<string> FileAsync(string name, string text)
    {
        var path = Path.Combine(_files.FullName, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
