using System.CommandLine;
using System.CommandLine.Parsing;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The options for TLS: files, and the name of the server. No option turns the check of the server's certificate off.</summary>
internal sealed class TlsFileOptions
{
    internal const string Authorities = "--ca-file";
    internal const string ClientCertificate = "--client-cert";
    internal const string ClientKey = "--client-key";
    internal const string ServerName = "--server-name";

    private readonly Option<string?> _authorities = File(
        Authorities, "PEM file with root certificates. The program trusts these and no others. Turns TLS on. [default: those of the system]");

    private readonly Option<string?> _certificate = File(
        ClientCertificate, "PEM file with the client certificate and its intermediate certificates. Turns TLS on. [default: none]");

    private readonly Option<string?> _key = File(
        ClientKey, "PEM file with the private key of the client certificate, not encrypted. [default: the file of --client-cert]");

    private readonly Option<string?> _serverName = new(ServerName)
    {
        Description = "Name that the server's certificate must carry, if it is not the host's name, as behind a port-forward. Turns TLS on. "
            + "[default: the host]",
        HelpName = "NAME",
    };

    private TlsFiles? _files;

    /// <summary>Gets whether the user gave a client certificate.</summary>
    public bool HasCertificate { get; private set; }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_authorities);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
        command.Options.Add(_serverName);
    }

    /// <summary>Gives the name of an option on the command line that turns TLS on; <see langword="null"/> if there is none.</summary>
    public string? FindWritten(CommandResult result) =>
        new[] { _authorities, _certificate, _serverName }.FirstOrDefault(option => ValueOf(result, option) is not null)?.Name;

    /// <summary>Gives the function that the library calls before each connect.</summary>
    /// <param name="warn">Called with a warning about settings that work and that the user should change.</param>
    public Func<TlsOptions> Bind(Action<string> warn)
    {
        if (_files is not { } files)
        {
            return static () => new TlsOptions();
        }

        files.WarnOfReaders(warn);
        return () => files.Renewed(warn);
    }

    /// <summary>Checks the options on the command line, and reads the files for the first time.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="uri">The parameters of the URI. An option on the command line counts before them.</param>
    public void Validate(CommandResult result, AmqpUriParameters uri)
    {
        var serverName = ValueOf(result, _serverName) ?? uri.ServerName;
        if (serverName is not null && Uri.CheckHostName(serverName) == UriHostNameType.Unknown)
        {
            result.AddError($"{_serverName.Name}: '{serverName}' is not the name of a host.");
            return;
        }

        // A certificate and its key belong together, so both come from the command line or both from the URI.
        var certificate = FileOf(result, _certificate, _key.Name);
        var key = FileOf(result, _key);
        (certificate, key) = certificate is null && key is null
            ? (FileOf("certfile", uri.CertificateFile, "keyfile"), FileOf("keyfile", uri.KeyFile))
            : (certificate, key);
        var authorities = FileOf(result, _authorities) ?? FileOf("cacertfile", uri.AuthorityFile);
        HasCertificate = certificate is not null;
        if (key is not null && certificate is null)
        {
            var certificateName = key.Name == _key.Name ? _certificate.Name : "certfile";
            result.AddError($"{key.Name}: the certificate that it belongs to is missing; give it with {certificateName}.");
        }
        else if (authorities is not null || certificate is not null || serverName is not null)
        {
            try
            {
                _files = new TlsFiles(authorities, certificate, key, serverName);
            }
            catch (InvalidDataException exception)
            {
                result.AddError(exception.Message);
            }
        }
    }

    private static string? ValueOf(CommandResult result, Option option) => result.GetResult(option)?.Tokens is [.., { Value: var value }] ? value : null;

    private static NamedFile? FileOf(CommandResult result, Option option, string nameOfKey = "") =>
        FileOf(option.Name, ValueOf(result, option), nameOfKey);

    private static NamedFile? FileOf(string name, string? path, string nameOfKey = "") => path is null ? null : new NamedFile(path, name, nameOfKey);

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
