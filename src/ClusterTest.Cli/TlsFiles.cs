using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The files for TLS, and the name of the server. They are read for each connect.</summary>
internal sealed class TlsFiles
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly NamedFile? _authorities;
    private readonly NamedFile? _certificate;
    private readonly NamedFile? _key;
    private readonly string? _serverName;
    private readonly Renewable<TlsOptions> _options;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidDataException">One of them cannot be used; the message is for the user.</exception>
    public TlsFiles(NamedFile? authorities, NamedFile? certificate, NamedFile? key, string? serverName)
    {
        _authorities = authorities;
        _certificate = certificate;
        _key = key;
        _serverName = serverName;
        _options = new(Read);
    }

    /// <summary>Gives what the files hold now.</summary>
    /// <param name="warn">Is told, once for each reason, that they cannot be used.</param>
    public TlsOptions Renewed(Action<string> warn) => _options.Renewed(warn);

    /// <summary>Warns if others than the owner may read the private key.</summary>
    public void WarnOfReaders(Action<string> warn)
    {
        if ((_key ?? _certificate)?.Path is { } path && !OperatingSystem.IsWindows())
        {
            // Of the file itself, where the path is a symbolic link.
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            if ((mode & Others) != 0)
            {
                warn(string.Create(CultureInfo.InvariantCulture, $"The private key in {Path.GetFullPath(path)} is accessible by others (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}); make it private with chmod 600"));
            }
        }
    }

    private TlsOptions Read() => new()
    {
        TrustedAuthorities = _authorities is null ? null : TlsPem.Authorities(_authorities),
        ClientCertificate = _certificate is null ? null : TlsPem.ClientCertificate(_certificate, _key),
        ServerName = _serverName,
    };
}
