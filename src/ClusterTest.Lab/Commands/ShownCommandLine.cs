using ClusterTest.Cli;
using ClusterTest.Lab.Drills;

namespace ClusterTest.Lab.Commands;

/// <summary>
/// The command line for the report, so that a reader can repeat the run. It has no passwords, and none of the user's own commands, which may
/// contain passwords.
/// </summary>
internal static class ShownCommandLine
{
    private const string Hidden = "***";

    private static readonly string[] Commands = ["--fault", "--heal", "--ready", Client.ConsumerOption, Client.ProducerOption];

    /// <summary>Quotes arguments that a shell would split, and hides values that may be secret.</summary>
    internal static string Of(IReadOnlyList<string> arguments) => string.Join(' ', arguments
        .Select((argument, index) => index > 0 && Commands.Contains(arguments[index - 1]) ? WithoutCommand(argument) : WithoutValue(argument))
        .Select(static argument => Quoted(CommandLine.Redact(argument)))
        .Prepend("cluster-test-lab"));

    private static string WithoutValue(string argument) =>
        Commands.FirstOrDefault(option => argument.StartsWith($"{option}=", StringComparison.Ordinal)
            || argument.StartsWith($"{option}:", StringComparison.Ordinal)) is { } option
            ? $"{option}={WithoutCommand(argument[(option.Length + 1)..])}"
            : argument;

    // In --fault, the name of the fault stands before the command.
    private static string WithoutCommand(string value) =>
        value.Split(':') is [var name, _, ..] && name.Trim().All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? $"{name.Trim()}: {Hidden}"
            : Hidden;

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(static letter => char.IsAsciiLetterOrDigit(letter) || "-_=./:,@%+".Contains(letter, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
