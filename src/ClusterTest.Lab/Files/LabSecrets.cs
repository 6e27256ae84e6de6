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
/// The certificates and passwords of a secure lab, in the files that <c>eng/secrets</c> makes. Programs get the files, because other processes can read
/// arguments and environments.
/// </summary>
/// <param name="directory">The folder of the files. Only its owner may read them.</param>
public sealed class LabSecrets(string directory)
{
    /// <summary>The user that the programs log in as. It may use the queues and exchanges whose names begin with its own name.</summary>
    public const string UserName = "cluster_test";

    private const string StatisticsUser = "administrator";

    /// <summary>The folder of the files.</summary>
    public string Directory => directory;

    /// <summary>Makes the files.</summary>
    /// <exception cref="LabException">The files cannot be made, for example because openssl is missing.</exception>
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

    /// <summary>The private key of the programs' certificate, in PEM.</summary>
    public string KeyFile => Path.Combine(directory, "client.key");

    /// <summary>The password of <see cref="UserName"/>.</summary>
    public string PasswordFile => Path.Combine(directory, "cluster_test.password");

    /// <summary>The nodes' certificate, in PEM.</summary>
    internal string ServerCertificateFile => Path.Combine(directory, "server.pem");

    /// <summary>The private key of the nodes' certificate, in PEM.</summary>
    internal string ServerKeyFile => Path.Combine(directory, "server.key");

    /// <summary>The users, for RabbitMQ.</summary>
    internal string DefinitionsFile => Path.Combine(directory, "definitions.json");

    /// <summary>The users of the statistics page, for HAProxy.</summary>
    internal string StatisticsFile => Path.Combine(directory, "statistics.cfg");

    /// <summary>The login for the statistics page.</summary>
    internal AuthenticationHeaderValue StatisticsLogin => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{StatisticsUser}:{PasswordIn(Path.Combine(directory, "statistics.password"))}")));

    /// <summary>The TLS options for a connection to a node.</summary>
    /// <param name="node">The node's name, which its certificate contains.</param>
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
        ClientCertificateContext = SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile), additionalCertificates: null, offline: true),
#pragma warning restore CA2000
    };

    /// <summary>Gives a factory of AMQP connections the user and the certificates.</summary>
    /// <param name="connections">The factory.</param>
    /// <param name="node">The name of the node to connect to, which its certificate contains.</param>
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
                certificate is X509Certificate2 shown
                && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                && IsTrusted(shown, tls.CertificateChainPolicy!),
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
