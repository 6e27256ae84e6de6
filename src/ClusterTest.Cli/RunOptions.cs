using System.CommandLine;

namespace ClusterTest.Cli;

/// <summary>The options about results and logs that both programs share.</summary>
public sealed class RunOptions
{
    internal const string Verbose = "--verbose";

    private static readonly Dictionary<string, OutputFormat> Formats = new() { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json };

    private readonly Option<OutputFormat?> _output = OptionParsing.Choice(
        "--output", "Write results as lines for people, or as JSON, one event a line. [default: text]", Formats);

    private readonly Option<bool> _verbose = new(Verbose) { Description = "Log each attempt to connect, each change of state, and stack traces." };

    private readonly Option<OutputFormat?> _logFormat = OptionParsing.Choice(
        "--log-format", "Write logs as lines for people, or as JSON, one object a line. [default: text]", Formats);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_output);
        command.Options.Add(_verbose);
        command.Options.Add(_logFormat);
    }

    /// <summary>Makes the reporter that writes results and logs as the options say.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="terminal">The program's streams.</param>
    /// <returns>The reporter.</returns>
    public Reporter Open(ParseResult parsed, Terminal terminal)
    {
        var logger = Logs.Create(terminal, parsed.GetValue(_logFormat) ?? OutputFormat.Text, parsed.GetValue(_verbose));
        return new Reporter(terminal, logger, parsed.GetValue(_output) ?? OutputFormat.Text, TimeProvider.System);
    }
}
