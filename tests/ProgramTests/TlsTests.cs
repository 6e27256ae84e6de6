using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>A certificate that is wrong ends each program with exit code 2 and one line that says what is wrong with it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public abstract class TlsTests : ProgramTest
{
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-tls-");

    [Theory]
    [InlineData(
        "localhost", -3, -1,
        @"the server's certificate expired on {until}\. Have the certificate renewed; "
            + @"if it is renewed already, check this machine's clock")]
    [InlineData(
        "localhost", 1, 3,
        @"the server's certificate is not valid before {from}\. "
            + @"Check the clocks of this machine and of the machine that issued the certificate")]
    [InlineData(
        "other.example", -3, 1,
        @"the server's certificate is not for localhost, but for other\.example\. "
            + @"Connect by a name that the certificate is for, give such a name with --server-name, or have the certificate issued for this name")]
    public async Task A_certificate_that_is_wrong_ends_the_program(string name, int fromDay, int toDay, string said)
    {
        using var certificate = _authority.Issue(name, fromDay, toDay);
        await using var front = TlsFront.Start(Broker, certificate);
        await AssertEndsAsync(
            front,
            said
                .Replace("{from}", Utc(certificate.NotBefore), StringComparison.Ordinal)
                .Replace("{until}", Utc(certificate.NotAfter), StringComparison.Ordinal),
            "--ca-file", await FileAsync("ca.pem", _authority.Pem));
    }

    [Fact]
    public async Task A_certificate_of_a_strange_authority_ends_the_program()
    {
        using var other = new TestAuthority("Other");
        await using var front = TlsFront.Start(Broker, other.Issue("localhost"));
        await AssertEndsAsync(
            front,
            @"the server's certificate comes from an authority that is not trusted \(CN=Other\)\. Put the authority's root certificate into --ca-file",
            "--ca-file", await FileAsync("ca.pem", _authority.Pem));
    }

    [Fact]
    public async Task A_missing_client_certificate_is_told_when_the_program_gives_up()
    {
        await using var front = TlsFront.Start(Broker, _authority.Issue("localhost"), _authority.Certificate);
        var program = StartWith(["localhost", $"{front.Port}", "--retry-for", "10s", "--ca-file", await FileAsync("ca.pem", _authority.Pem)]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Matches(
            $@"^FTL\] Gave up on localhost:{front.Port} after [0-9.]+m?s \(\d+ attempts?\): "
                + @"the peer asked for a client certificate, got none, and closed the connection\. "
                + $@"Give one with --client-cert; if the peer does not need one, no node behind the load balancer is in service$",
            Logs(program)[1]);
        AssertNoStackTrace(program);
    }

    [Fact]
    public async Task Files_alone_mean_TLS_and_a_key_that_others_may_read_is_warned_of()
    {
        using var client = _authority.Issue("client");
        await using var front = TlsFront.Start(Broker, _authority.Issue("localhost"), _authority.Certificate);
        var key = await FileAsync("key.pem", TestAuthority.KeyPemOf(client));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var ca = await FileAsync("ca.pem", _authority.Pem);
        var certificate = await FileAsync("cert.pem", client.ExportCertificatePem());
        var program = StartWith(["localhost", $"{front.Port}", "--ca-file", ca, "--client-cert", certificate, "--client-key", key]);
        var warning = $"The private key in {key} is accessible by others (mode 0440); make it private with chmod 600";
        await program.StandardError.WaitForLineAsync(line => line.EndsWith(warning, StringComparison.Ordinal), timeout: Patience);
        await Broker.ReceivedAsync<ConnectionOpen>(timeout: Patience);
        Assert.Equal("CN=client", front.Clients[0]);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        _files.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task AssertEndsAsync(TlsFront front, string said, params string[] options)
    {
        var program = StartWith(["localhost", $"{front.Port}", .. options]);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        var logs = Logs(program);
        Assert.Matches($"^WRN\\] Cannot use localhost:{front.Port} yet: {said}\\. Retrying", logs[0]);
        Assert.Matches($"^FTL\\] Cannot go on at localhost:{front.Port} \\(user guest, virtual host /\\): {said}$", logs[1]);
        Assert.Empty(program.StandardOutput);
    }

    private async Task<string> FileAsync(string name, string text)
    {
        var path = Path.Combine(_files.FullName, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private static string Utc(DateTime time) => time.ToUniversalTime().ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
