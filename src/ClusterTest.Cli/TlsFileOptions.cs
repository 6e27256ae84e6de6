using System.CommandLine;
using System.CommandLine.Parsing;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The options that name files for TLS. There is none that turns the check of the server off.</summary>
internal sealed class TlsFileOptions
{
    private readonly Option<string?> _authorities = File("--ca-file", "PEM file with the root certificates that alone are trusted; means TLS. [default: those of the system]");
    private readonly Option<string?> _certificate = File("--client-cert", "PEM file with the certificate to show to the server, and those between it and its root; means TLS. [default: none]");
    private readonly Option<string?> _key = File("--client-key", "PEM file with its private key, not encrypted. [default: the file of --client-cert]");
    private TlsFiles? _files;

    /// <summary>Gets their names, for messages.</summary>
    public string Names => $"{_authorities.Name} or {_certificate.Name}";

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_authorities);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
        command.Validators.Add(Validate);
    }

    /// <summary>Tells whether one of them is given, which means TLS: it is of no use without.</summary>
    public bool IsWritten(CommandResult result) => PathOf(result, _authorities) is not null || PathOf(result, _certificate) is not null;

    /// <summary>Gives what the library asks before each connect.</summary>
    /// <param name="warn">Is told of what works and should not stay so.</param>
    public Func<TlsOptions> Bind(Action<string> warn)
    {
        if (_files is not { } files)
        {
            return static () => new TlsOptions();
        }

        files.WarnOfReaders(warn);
        return () => files.Renewed(warn);
    }

    private void Validate(CommandResult result)
    {
        var (authorities, certificate, key) = (PathOf(result, _authorities), PathOf(result, _certificate), PathOf(result, _key));
        if (key is not null && certificate is null)
        {
            result.AddError($"{_key.Name}: the certificate that it belongs to is missing; give it with {_certificate.Name}.");
        }
        else if (authorities is not null || certificate is not null)
        {
            try
            {
                _files = new TlsFiles(authorities, certificate, key);
            }
            catch (InvalidDataException exception)
            {
                result.AddError(exception.Message);
            }
        }
    }

    private static string? PathOf(CommandResult result, Option option) => result.GetResult(option)?.Tokens is [.., { Value: var path }] ? path : null;

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
