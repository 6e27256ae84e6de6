using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterTest.Reconnect;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Cli.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TlsFileOptionsTests : IDisposable
{
    private static readonly string[] Broken = ["-----BEGIN CERTIFICATE-----", "AAAA", "-----END CERTIFICATE-----"];

    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-files-");
    private readonly List<string> _warnings = [];
    private readonly X509Certificate2 _certificate;
    private string? _variable;

    public TlsFileOptionsTests()
    {
        _certificate = _authority.Issue("client");
        Write("ca", _authority.Pem);
        Write("cert", _certificate.ExportCertificatePem());
        Write("chain", $"{_certificate.ExportCertificatePem()}\n{_authority.Pem}");
        Write("key", TestAuthority.KeyPemOf(_certificate));
        Write("both", TestAuthority.PemOf(_certificate));
        Write("text", "no PEM");
        Write("broken", string.Join('\n', Broken));
        using var other = _authority.Issue("other");
        Write("otherkey", TestAuthority.KeyPemOf(other));
        using var rsa = RSA.Create(2048);
        Write("rsakey", rsa.ExportPkcs8PrivateKeyPem());
        Write("encrypted", rsa.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)));
        Write("oldencrypted", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----");
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    [Fact]
    public void Trusts_the_system_and_shows_nothing_by_default()
    {
        var options = Bind();
        Assert.False(options.Endpoints[0].UseTls);
        Assert.Equal(new TlsOptions(), options.Tls());
    }

    [Theory]
    [InlineData("--ca-file {ca}", "localhost:5671")]
    [InlineData("h --ca-file {ca}", "h:5671")]
    [InlineData("h 1 --ca-file {ca}", "h:1")]
    [InlineData("h 1 --client-cert {both}", "h:1")]
    [InlineData("--uri amqps://h --ca-file {ca}", "h:5671")]
    public void Speaks_TLS_when_a_file_for_it_is_given(string line, string endpoint)
    {
        var found = Assert.Single(Bind(line).Endpoints);
        Assert.Equal((endpoint, true), (found.ToString(), found.UseTls));
    }

    [Theory]
    [InlineData("amqps://env", "", "env:5671")]
    [InlineData("amqps://env", "h", "h:5671")]
    [InlineData("amqps://env", "h 1", "h:1")]
    [InlineData("amqps://env", "--ca-file {ca}", "env:5671")]
    [InlineData("amqp://env", "h --ca-file {ca}", "h:5671")]
    public void Takes_TLS_from_the_variable(string variable, string line, string endpoint)
    {
        _variable = variable;
        var found = Assert.Single(Bind(line).Endpoints);
        Assert.Equal((endpoint, true), (found.ToString(), found.UseTls));
    }

    [Fact]
    public void Reads_authorities_certificate_intermediates_and_key()
    {
        var tls = Bind("--ca-file {ca} --client-cert {chain} --client-key {key}").Tls();
        Assert.Equal(_authority.Certificate, Assert.Single(tls.TrustedAuthorities!));
        Assert.Equal(_certificate.Thumbprint, tls.ClientCertificate!.TargetCertificate.Thumbprint);
        Assert.True(tls.ClientCertificate.TargetCertificate.HasPrivateKey);
    }

    [Theory]
    [InlineData("--ca-file {none}", "--ca-file: there is no file {none}.")]
    [InlineData("--ca-file /", "--ca-file: / cannot be read; it must be a file that this user may read.")]
    [InlineData("--ca-file {text}", "--ca-file: there is no certificate in {text}; it should be in PEM, with BEGIN CERTIFICATE.")]
    [InlineData("--ca-file {key}", "--ca-file: there is no certificate in {key}; it should be in PEM, with BEGIN CERTIFICATE.")]
    [InlineData("--ca-file {broken}", "--ca-file: a certificate in {broken} is damaged.")]
    [InlineData("--client-cert {none}", "--client-cert: there is no file {none}.")]
    [InlineData("--client-cert {text}", "--client-cert: there is no certificate in {text}; it should be in PEM, with BEGIN CERTIFICATE.")]
    [InlineData("--client-cert {cert}", "--client-cert: there is no private key in {cert}; give its file with --client-key.")]
    [InlineData("--client-key {key}", "--client-key: the certificate that it belongs to is missing; give it with --client-cert.")]
    [InlineData("--client-cert {cert} --client-key {none}", "--client-key: there is no file {none}.")]
    [InlineData("--client-cert {cert} --client-key /", "--client-key: / cannot be read; it must be a file that this user may read.")]
    [InlineData("--client-cert {cert} --client-key {text}", "--client-key: there is no private key in {text}; it should be in PEM, with BEGIN PRIVATE KEY.")]
    [InlineData("--client-cert {cert} --client-key {otherkey}", "--client-key: the private key in {otherkey} does not belong to the certificate in {cert}.")]
    [InlineData("--client-cert {cert} --client-key {rsakey}", "--client-key: the private key in {rsakey} does not belong to the certificate in {cert}.")]
    [InlineData(
        "--client-cert {cert} --client-key {encrypted}",
        "--client-key: the private key in {encrypted} is encrypted; decrypt it with openssl pkey -in FILE -out FILE, and let nobody else read it.")]
    [InlineData(
        "--client-cert {cert} --client-key {oldencrypted}",
        "--client-key: the private key in {oldencrypted} is encrypted; decrypt it with openssl pkey -in FILE -out FILE, and let nobody else read it.")]
    [InlineData("--uri amqp://h --ca-file {ca}", "--uri: amqp:// is not encrypted; with --ca-file write amqps://.")]
    [InlineData("--uri amqp://h --uri amqp://i --client-cert {both}", "--uri: amqp:// is not encrypted; with --client-cert write amqps://.")]
    public void Says_what_is_wrong_with_a_file(string line, string error) =>
        Assert.Equal(Expand(error), Assert.Single(Parse(line, out _).Errors.Select(static found => found.Message).Distinct()));

    [Fact]
    public void Does_not_let_the_variable_speak_plain_text_when_files_say_TLS()
    {
        _variable = "amqp://alice:secret@h";
        Assert.Equal(
            "CLUSTER_TEST_URI: amqp:// is not encrypted; with --ca-file write amqps://.",
            Assert.Single(Parse("--ca-file {ca}", out _).Errors).Message);
    }

    [Fact]
    public void Reads_the_files_again_for_each_connect_and_keeps_what_it_has_while_they_are_bad()
    {
        var options = Bind("--client-cert {cert} --client-key {key}");
        Assert.Equal(_certificate.Thumbprint, Thumbprint());
        using var renewed = _authority.Issue("renewed");
        Write("cert", renewed.ExportCertificatePem());
        Assert.Equal(_certificate.Thumbprint, Thumbprint());
        Assert.Equal(_certificate.Thumbprint, Thumbprint());
        Assert.Equal(Expand(
            "--client-key: the private key in {key} does not belong to the certificate in {cert}. "
                + "The program uses what it read before"),
            Assert.Single(_warnings));
        Write("key", TestAuthority.KeyPemOf(renewed));
        Assert.Equal(renewed.Thumbprint, Thumbprint());
        Assert.Single(_warnings);

        string Thumbprint() => options.Tls().ClientCertificate!.TargetCertificate.Thumbprint;
    }

    [Theory]
    [InlineData("--client-cert {cert} --client-key {key}", "key", 0b110_100_000, "0640")]
    [InlineData("--client-cert {both}", "both", 0b110_100_100, "0644")]
    [InlineData("--client-cert {both}", "both", 0b110_000_001, "0601")]
    [InlineData("--client-cert {both}", "both", 0b110_000_000, null)]
    [InlineData("--client-cert {both}", "both", 0b100_000_000, null)]
    public void Warns_of_a_key_that_others_may_use(string line, string name, int mode, string? shown)
    {
        File.SetUnixFileMode(PathOf(name), (UnixFileMode)mode);
        Bind(line);
        Assert.Equal(
            shown is null ? [] : [$"The private key in {PathOf(name)} is accessible by others (mode {shown}); make it private with chmod 600"],
            _warnings);
    }

    private ClusterOptions Bind(string line = "")
    {
        var parsed = Parse(line, out var options);
        Assert.Empty(parsed.Errors);
        return options.Bind(parsed, TimeSpan.FromMinutes(1), _warnings.Add);
    }

    private ParseResult Parse(string line, out ConnectionOptions options)
    {
        options = new ConnectionOptions("test", "for ever", name => name == ConnectionOptions.UriVariable ? _variable : null);
        RootCommand command = [];
        options.AddTo(command);
        return command.Parse(Expand(line));
    }

    private string PathOf(string name) => Path.Combine(_files.FullName, name);

    private string Expand(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\{(\w+)\}", match => PathOf(match.Groups[1].Value));

    private void Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
