using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTest.Cli;

/// <summary>Reads certificates and keys from PEM files (RFC 7468), or says what is wrong with them, never showing what they hold.</summary>
internal static class TlsPem
{
    /// <summary>Reads a bundle of root certificates.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message is for the user.</exception>
    public static X509Certificate2Collection Authorities(string path)
    {
        const string option = "--ca-file";
        return Certificates(option, path, TextOf(option, path));
    }

    /// <summary>Reads a certificate, those between it and its root, and its private key.</summary>
    /// <param name="certificatePath">The file of the certificates, its own first.</param>
    /// <param name="keyPath">The file of the key; <see langword="null"/> if it is in the same.</param>
    /// <exception cref="InvalidDataException">They cannot be used; the message is for the user.</exception>
    public static SslStreamCertificateContext ClientCertificate(string certificatePath, string? keyPath)
    {
        const string option = "--client-cert";
        var text = TextOf(option, certificatePath);
        var certificates = Certificates(option, certificatePath, text);
        var keyOption = keyPath is null ? option : "--client-key";
        var keyText = keyPath is null ? text : TextOf(keyOption, keyPath);
        var keyFile = Path.GetFullPath(keyPath ?? certificatePath);
        if (keyText.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) || keyText.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{keyOption}: the private key in {keyFile} is encrypted; decrypt it with openssl pkey -in FILE -out FILE, and let nobody else read it.");
        }

        if (!keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new InvalidDataException(keyPath is null
                ? $"{option}: there is no private key in {keyFile}; give its file with --client-key."
                : $"{keyOption}: there is no private key in {keyFile}; it should be in PEM, with BEGIN PRIVATE KEY.");
        }

        try
        {
#pragma warning disable CA2000 // The context holds it.
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(text, keyText), [.. certificates.Skip(1)], offline: true);
#pragma warning restore CA2000
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{keyOption}: the private key in {keyFile} does not belong to the certificate in {Path.GetFullPath(certificatePath)}.", exception);
        }
    }

    private static X509Certificate2Collection Certificates(string option, string path, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new InvalidDataException($"{option}: a certificate in {Path.GetFullPath(path)} is damaged.", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidDataException($"{option}: there is no certificate in {Path.GetFullPath(path)}; it should be in PEM, with BEGIN CERTIFICATE.");
    }

    private static string TextOf(string option, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{option}: there is no file {Path.GetFullPath(path)}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{option}: {path} cannot be read; it must be a file that this user may read.", exception);
        }
    }
}
