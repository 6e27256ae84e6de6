using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>
/// The files for TLS. They are read for each connect, so that a renewed certificate is used without a restart; while they cannot be used, because
/// half of a renewal has happened for example, what was read last holds.
/// </summary>
internal sealed class TlsFiles
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly string? _authorities;
    private readonly string? _certificate;
    private readonly string? _key;
    private readonly Lock _lock = new();
    private TlsOptions? _first;
    private TlsOptions _last;
    private string? _warnedOf;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidDataException">One of them cannot be used; the message is for the user.</exception>
    public TlsFiles(string? authorities, string? certificate, string? key)
    {
        _authorities = authorities;
        _certificate = certificate;
        _key = key;
        _first = _last = Read();
    }

    /// <summary>Gives what the files hold now.</summary>
    /// <param name="warn">Is told, once for each reason, that they cannot be used.</param>
    public TlsOptions Renewed(Action<string> warn)
    {
        // Several sessions connect at once.
        lock (_lock)
        {
            // What was just read need not be read again, and a pipe cannot.
            if (_first is { } first)
            {
                _first = null;
                return first;
            }

            try
            {
                _last = Read();
                _warnedOf = null;
            }
            catch (InvalidDataException exception)
            {
                if (_warnedOf != exception.Message)
                {
                    _warnedOf = exception.Message;
                    warn($"{exception.Message} What was read before is used");
                }
            }

            return _last;
        }
    }

    /// <summary>Warns if others than the owner may read the private key.</summary>
    public void WarnOfReaders(Action<string> warn)
    {
        if ((_key ?? _certificate) is { } path && !OperatingSystem.IsWindows())
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
    };
}
