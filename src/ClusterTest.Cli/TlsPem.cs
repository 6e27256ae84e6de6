using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTest.Cli;

/// <summary>Reads certificates and keys from PEM files (RFC 7468). The errors say what is wrong with a file, and never show its contents.</summary>
internal static class TlsPem
{
    /// <summary>Reads a bundle of root certificates.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message is for the user.</exception>
    public static X509Certificate2Collection Authorities(NamedFile file) => Certificates(file, TextOf(file));

    /// <summary>Reads a client certificate, its intermediate certificates and its private key.</summary>
    /// <param name="certificate">The file of the certificates, the client certificate first.</param>
    /// <param name="key">The file of the key; <see langword="null"/> if the key is in the file of the certificates.</param>
    /// <exception cref="InvalidDataException">A file cannot be used; the message is for the user.</exception>
    public static SslStreamCertificateContext ClientCertificate(NamedFile certificate, NamedFile? key)
    {
        var text = TextOf(certificate);
        var certificates = Certificates(certificate, text);
        var keyText = key is null ? text : TextOf(key);
        var (keyOption, keyFile) = ((key ?? certificate).Name, Path.GetFullPath((key ?? certificate).Path));
        if (keyText.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) || keyText.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{keyOption}: the private key in {keyFile} is encrypted; decrypt it with openssl pkey -in FILE -out FILE, and let nobody else read it.");
        }

        if (!keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new InvalidDataException(key is null
                ? $"{keyOption}: there is no private key in {keyFile}; give its file with {certificate.NameOfKey}."
                : $"{keyOption}: there is no private key in {keyFile}; it should be in PEM, with BEGIN PRIVATE KEY.");
        }

        try
        {
#pragma warning disable CA2000 // The context owns the certificate.
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(text, keyText), [.. certificates.Skip(1)], offline: true);
#pragma warning restore CA2000
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{keyOption}: the private key in {keyFile} does not belong to the certificate in {Path.GetFullPath(certificate.Path)}.", exception);
        }
    }

    private static X509Certificate2Collection Certificates(NamedFile file, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new InvalidDataException($"{file.Name}: a certificate in {Path.GetFullPath(file.Path)} is damaged.", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidDataException(
                $"{file.Name}: there is no certificate in {Path.GetFullPath(file.Path)}; it should be in PEM, with BEGIN CERTIFICATE.");
    }

    private static string TextOf(NamedFile file)
    {
        try
        {
            return File.ReadAllText(file.Path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{file.Name}: there is no file {Path.GetFullPath(file.Path)}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{file.Name}: {file.Path} cannot be read; it must be a file that this user may read.", exception);
        }
    }
}
