using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The files for TLS, and the name of the server. The files are read again for each connect.</summary>
internal sealed class TlsFiles
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly NamedFile? _authorities;
    private readonly NamedFile? _certificate;
    private readonly NamedFile? _key;
    private readonly string? _serverName;
    private readonly Renewable<TlsOptions> _options;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidDataException">A file cannot be used; the message is for the user.</exception>
    public TlsFiles(NamedFile? authorities, NamedFile? certificate, NamedFile? key, string? serverName)
    {
        _authorities = authorities;
        _certificate = certificate;
        _key = key;
        _serverName = serverName;
        _options = new(Read);
    }

    /// <summary>Gives the options from the files as they are now, or the last options if the files cannot be used.</summary>
    /// <param name="warn">Called with a warning, once for each reason, if the files cannot be used.</param>
    public TlsOptions Renewed(Action<string> warn) => _options.Renewed(warn);

    /// <summary>Warns if other users than the owner have access to the private key.</summary>
    public void WarnOfReaders(Action<string> warn)
    {
        if ((_key ?? _certificate)?.Path is { } path && !OperatingSystem.IsWindows())
        {
            // If the path is a symbolic link, the mode of its target counts.
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            if ((mode & Others) != 0)
            {
                var digits = Convert.ToString((int)mode, 8).PadLeft(4, '0');
                warn($"The private key in {Path.GetFullPath(path)} is accessible by others (mode {digits}); make it private with chmod 600");
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
