using ClusterTest.Cli;

namespace ClusterTest.Lab.Commands;

/// <summary>The command line as a report may show it, so that a run can be repeated: without passwords, and without the user's own commands, which may hold some.</summary>
internal static class ShownCommandLine
{
    private const string Hidden = "***";

    private static readonly string[] Commands = ["--fault", "--heal", "--ready"];

    /// <summary>Quotes what a shell would take apart, and hides what may be secret.</summary>
    internal static string Of(IReadOnlyList<string> arguments) =>
        string.Join(' ', arguments.Select((argument, index) => Quoted(CommandLine.Redact(index > 0 && Commands.Contains(arguments[index - 1]) ? WithoutCommand(argument) : WithoutValue(argument)))).Prepend("cluster-test-lab"));

    private static string WithoutValue(string argument) =>
        Commands.FirstOrDefault(option => argument.StartsWith($"{option}=", StringComparison.Ordinal) || argument.StartsWith($"{option}:", StringComparison.Ordinal)) is { } option
            ? $"{option}={WithoutCommand(argument[(option.Length + 1)..])}"
            : argument;

    // The name of a fault stands before its command.
    private static string WithoutCommand(string value) => value.Split(':') is [var name, _, ..] && name.Trim().All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? $"{name.Trim()}: {Hidden}" : Hidden;

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(static letter => char.IsAsciiLetterOrDigit(letter) || "-_=./:,@%+".Contains(letter, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
