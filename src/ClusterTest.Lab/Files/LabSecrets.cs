using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Files;

/// <summary>
/// What a secure lab lets in: certificates and passwords, in the files that <c>eng/secrets</c> makes. They are handed on as files, since
/// arguments and environments of processes can be looked at.
/// </summary>
/// <param name="directory">Where they are; nobody but their owner may read them.</param>
public sealed class LabSecrets(string directory)
{
    /// <summary>The user that the programs log in as; it may use what is named like it.</summary>
    public const string UserName = "cluster_test";

    private const string StatisticsUser = "administrator";

    /// <summary>Where they are.</summary>
    public string Directory => directory;

    /// <summary>Makes them.</summary>
    /// <exception cref="LabException">They cannot be made, for want of openssl for example.</exception>
    internal static async Task MakeAsync(string directory, CancellationToken cancellationToken)
    {
        var made = await CliWrap.Cli.Wrap(Path.Combine(RepositoryRoot.Find(), "eng", "secrets"))
            .WithArguments([directory])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (made.ExitCode is not 0)
        {
            throw new LabException($"The secrets cannot be made: {made.StandardError.Trim()}");
        }
    }

    /// <summary>The authority's certificate, in PEM.</summary>
    public string AuthorityFile => Path.Combine(directory, "ca.pem");

    /// <summary>The programs' certificate, in PEM.</summary>
    public string CertificateFile => Path.Combine(directory, "client.pem");

    /// <summary>Its private key, in PEM.</summary>
    public string KeyFile => Path.Combine(directory, "client.key");

    /// <summary>The password of <see cref="UserName"/>.</summary>
    public string PasswordFile => Path.Combine(directory, "cluster_test.password");

    /// <summary>The nodes' certificate, in PEM.</summary>
    internal string ServerCertificateFile => Path.Combine(directory, "server.pem");

    /// <summary>Its private key, in PEM.</summary>
    internal string ServerKeyFile => Path.Combine(directory, "server.key");

    /// <summary>The users, for RabbitMQ.</summary>
    internal string DefinitionsFile => Path.Combine(directory, "definitions.json");

    /// <summary>The users of the statistics page, for HAProxy.</summary>
    internal string StatisticsFile => Path.Combine(directory, "statistics.cfg");

    /// <summary>Proves who asks for the statistics.</summary>
    internal AuthenticationHeaderValue StatisticsLogin => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{StatisticsUser}:{PasswordIn(Path.Combine(directory, "statistics.password"))}")));

    /// <summary>For a connection to a node.</summary>
    /// <param name="node">Its name, which its certificate has, too.</param>
    internal SslClientAuthenticationOptions TlsTo(string node) => new()
    {
        TargetHost = node,
        EnabledSslProtocols = Protocols,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(AuthorityFile) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
#pragma warning disable CA2000 // The context holds it.
        ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile), additionalCertificates: null, offline: true),
#pragma warning restore CA2000
    };

    /// <summary>For AMQP connections to a node.</summary>
    /// <param name="node">Its name, which its certificate has, too.</param>
    /// <param name="connections">Where to; gets the user and the certificates.</param>
    internal void ApplyTo(ConnectionFactory connections, string node)
    {
        var tls = TlsTo(node);
        connections.UserName = UserName;
        connections.Password = PasswordIn(PasswordFile);
        connections.Ssl = new SslOption(node, enabled: true)
        {
            Version = Protocols,
            ClientCertificateContext = tls.ClientCertificateContext,
            CertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is X509Certificate2 shown && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && IsTrusted(shown, tls.CertificateChainPolicy!),
        };
    }

#pragma warning disable CA5398 // The system's own choice may include TLS 1.0 and 1.1 (RFC 8996).
    private static SslProtocols Protocols => SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    private static bool IsTrusted(X509Certificate2 certificate, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy.Clone() };
        return chain.Build(certificate);
    }

    private static string PasswordIn(string file) => File.ReadLines(file).First();
}
