using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using ClusterTest.Events;

namespace ClusterTest.Cli;

/// <summary>Runs a command line the same way in all programs.</summary>
public static partial class CommandLine
{
    /// <summary>What each program's help says after its own first sentences.</summary>
    public const string HelpNotes = """


        Results go to standard output, everything else to standard error.
        A DURATION is written like 500ms, 3s, 10m or 2h.
        Exit codes: 0 done or stopped cleanly, 1 wrong usage, 2 gave up or a message was not confirmed.
        """;

    /// <summary>
    /// The environment variable that makes a program end when its standard input ends, so that the program does not outlive the process that started it.
    /// </summary>
    public const string EndWithInputVariable = "CLUSTER_TEST_END_WITH_INPUT";

    // A stop takes at most the drain timeout (5 s) and the time of the close. The process must not end before that.
    private static readonly TimeSpan DefaultTerminationTimeout = TimeSpan.FromSeconds(20);

    // An argument that starts with @ is an ordinary text, not the name of a file with arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>
    /// Parses the command line and runs the command. An error in the command line is one line on standard error, and so is an unforeseen fault.
    /// </summary>
    /// <param name="root">The program's command.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="terminationTimeout">How long the program may take to end after SIGINT, SIGTERM or SIGHUP; 20 s by default.</param>
    /// <param name="typed">What users type to start the program, for messages that name its commands; the program's name by default.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, TimeSpan? terminationTimeout = null, string? typed = null)
    {
        // This class reports unmatched tokens in its own words, and the help must not list further arguments as allowed.
        root.TreatUnmatchedTokensAsErrors = false;
        var parsed = root.Parse(arguments, Parser);
        root.TreatUnmatchedTokensAsErrors = true;
        var errors = parsed.Action is ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action ? Errors(parsed, typed ?? root.Name) : [];
        foreach (var error in errors)
        {
            await ComplainAsync($"{root.Name}: {Redact(Printable.Line(error))}");
        }

        return errors.Count > 0 ? ExitCode.Usage : await InvokeAsync(root, parsed, terminationTimeout ?? DefaultTerminationTimeout);
    }

    /// <summary>
    /// Writes a line to standard error. If standard error cannot be written, the line is dropped, and the program's exit code stays the same.
    /// </summary>
    /// <param name="text">The line.</param>
    /// <returns>A task that completes when the line is written.</returns>
    public static async Task ComplainAsync(string text)
    {
        try
        {
            await Console.Error.WriteLineAsync(text);
        }
        catch (IOException)
        {
            // Nobody can read the line.
        }
    }

    /// <summary>Gives the error for an argument that looks like an option and is none, with the option that may be meant.</summary>
    internal static string NoSuchOption(Command command, string text)
    {
        var name = text.Split('=')[0];
        var nearest = OptionsOf(command).Select(static option => option.Name).MinBy(option => Distance(name, option));
        return nearest is not null && Distance(name, nearest) <= 2
            ? $"{name}: there is no such option; did you mean {nearest}?"
            : $"{name}: there is no such option; --help lists them.";
    }

    private static IEnumerable<Option> OptionsOf(Command command) => command.Options.Concat(
        command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(static option => option.Recursive));

    /// <summary>Tells whether an argument is probably a misspelt option: it starts with a hyphen and is no number.</summary>
    internal static bool LooksLikeOption(string text) => text.Length > 1 && text[0] == '-' && !char.IsAsciiDigit(text[1]);

    private static List<string> Errors(ParseResult parsed, string typed)
    {
        var command = parsed.CommandResult.Command;
        List<string> errors = [.. parsed.Errors.Select(static error => error.Message).Distinct()];
        if (command is { Action: null, Subcommands.Count: > 0 } && errors.Count > 0)
        {
            errors[0] = NoSuchCommand(parsed, typed); // the framework's words, which come first, say only that some command is missing
        }
        else if (errors.Count == 0)
        {
            errors.AddRange(parsed.UnmatchedTokens.Take(1).Select(token => LooksLikeOption(token) ? NoSuchOption(command, token)
                : command is RootCommand ? $"'{token}' is one argument too many: there are HOST and PORT only, everything else is an option."
                : $"'{token}' is one argument too many; {PathOf(parsed, typed)} --help shows which there are."));
        }

        return errors;
    }

    private static string NoSuchCommand(ParseResult parsed, string typed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var option, ..] && LooksLikeOption(option))
        {
            return NoSuchOption(command, option);
        }

        var names = string.Join(", ", command.Subcommands.Where(static known => !known.Hidden).Select(static known => known.Name));
        var what = parsed.UnmatchedTokens is [var token, ..] ? $"'{token}' is not one of" : "name one of";
        return $"{(command is RootCommand ? "" : $"{command.Name}: ")}{what} {names}; {PathOf(parsed, typed)} --help says what each does.";
    }

    private static string PathOf(ParseResult parsed, string typed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand and var command }; result = result.Parent)
        {
            names.Insert(0, command.Name);
        }

        return string.Join(' ', names.Prepend(typed));
    }

    private static async Task<int> InvokeAsync(RootCommand root, ParseResult parsed, TimeSpan terminationTimeout)
    {
        try
        {
            // The framework's own handling of signals does not include a hang-up.
            using var termination = new Termination();
            var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
            return await termination.WaitForAsync(parsed.InvokeAsync(invocation, termination.Token), terminationTimeout);
        }
#pragma warning disable CA1031 // This is the boundary of the process: an unforeseen exception ends in one line and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var isVerbose = parsed.CommandResult.Children.OfType<OptionResult>().Any(static option => option.Option.Name == RunOptions.Verbose);
            await ComplainAsync(isVerbose
                ? $"{root.Name}: {exception}"
                : $"{root.Name}: unexpected {exception.GetType().Name}: {Printable.Line(exception.Message)} This is a bug; {RunOptions.Verbose} shows where.");
            return ExitCode.Fatal;
        }
    }

    /// <summary>Removes user and password from URIs in a text, since a user may write a URI in the wrong place.</summary>
    public static string Redact(string text) => Credentials().Replace(text, static _ => "://***@"); // a text would start the parser of replacements

    [GeneratedRegex("://(?!user:password@).*@")]
    private static partial Regex Credentials();

    // The Levenshtein distance, computed with one row.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
