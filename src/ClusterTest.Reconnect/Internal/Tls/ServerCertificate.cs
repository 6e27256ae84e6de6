using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterTest.Reconnect.Internal.Failures;

namespace ClusterTest.Reconnect.Internal.Tls;

/// <summary>Judges the certificate that a server shows.</summary>
internal static class ServerCertificate
{
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1"); // RFC 5280, 4.2.1.12

    /// <summary>Gives the failure of a certificate that is refused, or <see langword="null"/> for a certificate that is accepted.</summary>
    /// <param name="authorities">The only trusted authorities; with <see langword="null"/> the system's judgement of the chain counts.</param>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="found">The chain that the system built, with all certificates that the server sent.</param>
    /// <param name="errors">The system's errors about the name and the chain.</param>
    /// <param name="host">The name that the certificate must be for.</param>
    public static Failure? Judge(X509Certificate2Collection? authorities, X509Certificate2? certificate, X509Chain? found, SslPolicyErrors errors, string host)
    {
        if (certificate is null || found is null)
        {
            return NewFailure.Fatal(FailureKind.TlsFailed, null, "the server showed no certificate", "Check the server's certificate.");
        }

        using var own = new X509Chain();
        var chain = found;
        var isTrusted = !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        if (authorities is not null)
        {
            chain = own;
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.AddRange(authorities);
            own.ChainPolicy.ExtraStore.AddRange(found.ChainPolicy.ExtraStore);
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            own.ChainPolicy.DisableCertificateDownloads = true;
            own.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
            isTrusted = own.Build(certificate);
        }

        return OfChain(chain, certificate, authorities is not null)
            ?? (!isTrusted ? NotTrusted(certificate, authorities is not null)
                : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? WrongName(certificate, host)
                : null);
    }

    private static Failure? OfChain(X509Chain chain, X509Certificate2 certificate, bool hasOwnAuthorities)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, status) => all | status.Status);
        return flags == X509ChainStatusFlags.NoError ? null
            : (flags & Untrusted) != 0 ? NotTrusted(certificate, hasOwnAuthorities)
            : flags.HasFlag(X509ChainStatusFlags.NotTimeValid) ? NotNow(chain)
            : Unacceptable(chain);
    }

    private static Failure Unacceptable(X509Chain chain)
    {
        var reasons = string.Join(", ", chain.ChainStatus.Select(static status => status.StatusInformation));
        return NewFailure.Fatal(
            FailureKind.TlsFailed, null, $"the server's certificate is refused ({PeerText.Line(reasons)})", "Have the certificate replaced.");
    }

    private static Failure NotTrusted(X509Certificate2 certificate, bool hasOwnAuthorities)
    {
        var issuer = PeerText.Line(certificate.Issuer);
        return NewFailure.Fatal(
            FailureKind.CertificateUntrusted,
            null,
            certificate.Issuer == certificate.Subject
                ? $"the server's certificate is self-signed and not trusted ({issuer})"
                : $"the server's certificate comes from an authority that is not trusted ({issuer})",
            hasOwnAuthorities
                ? "Put the authority's root certificate into TlsOptions.TrustedAuthorities."
                : "Give the authority's root certificate with TlsOptions.TrustedAuthorities.");
    }

    private static Failure NotNow(X509Chain chain)
    {
        var now = chain.ChainPolicy.VerificationTime;
        var element = chain.ChainElements.First(
            static element => element.ChainElementStatus.Any(static status => status.Status == X509ChainStatusFlags.NotTimeValid));
        var which = element == chain.ChainElements[0]
            ? "the server's certificate"
            : $"a certificate above the server's ({PeerText.Line(element.Certificate.Subject)})";
        return element.Certificate.NotBefore > now
            ? NewFailure.Fatal(
                FailureKind.CertificateNotYetValid,
                null,
                $"{which} is not valid before {Utc(element.Certificate.NotBefore)}",
                "Check the clocks of this machine and of the machine that issued the certificate.")
            : NewFailure.Fatal(
                FailureKind.CertificateExpired,
                null,
                $"{which} expired on {Utc(element.Certificate.NotAfter)}",
                "Have the certificate renewed; if it is renewed already, check this machine's clock.");
    }

    private static Failure WrongName(X509Certificate2 certificate, string host) => NewFailure.Fatal(
        FailureKind.CertificateWrongName,
        null,
        $"the server's certificate is not for {host}, but for {PeerText.Line(string.Join(", ", Names(certificate).DefaultIfEmpty("no name")))}",
        "Connect by a name that the certificate is for, give such a name with TlsOptions.ServerName, or have the certificate issued for this name.");

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return alternatives.Count == 0
            ? new[] { certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) }.Where(static name => name.Length > 0)
            : alternatives.SelectMany(
                static names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static address => address.ToString())));
    }

    private static string Utc(DateTime local) => local.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
