using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTest.Testing;

/// <summary>A certificate authority that lives as long as a test.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly OidCollection Purposes = [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")]; // server and client

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    /// <param name="name">The common name.</param>
    public TestAuthority(string name = "Test Authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Certificate = request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Gets what <c>--ca-file</c> takes.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>Issues a certificate for a server or a client.</summary>
    /// <param name="name">A host name or an address.</param>
    /// <param name="fromDay">From when it is valid, in days from now.</param>
    /// <param name="toDay">Until when.</param>
    public X509Certificate2 Issue(string name, int fromDay = -2, int toDay = 2)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Purposes, critical: false));
        using var certificate = request.Create(Certificate, _now.AddDays(fromDay), _now.AddDays(toDay), Guid.NewGuid().ToByteArray());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Writes certificate and private key as PEM.</summary>
    public static string PemOf(X509Certificate2 certificate) => $"{certificate.ExportCertificatePem()}\n{KeyPemOf(certificate)}";

    /// <summary>Writes the private key as PEM.</summary>
    public static string KeyPemOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    public void Dispose() => Certificate.Dispose();
}
