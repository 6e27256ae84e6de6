using System.Text.RegularExpressions;
using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;
using CliWrap;
using CliWrap.Buffered;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault that is a shell command of the user's, such as <c>ssh {node} rabbitmqctl stop_app</c>.</summary>
/// <remarks>What it did is not known here: it has taken effect when it ends with 0.</remarks>
public sealed partial class CommandFault(string name, string command, string? heal) : IFault
{
    private const string NodePlace = "{node}";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool ConcernsNode => ConcernsNodes(command);

    /// <inheritdoc/>
    public bool ChecksEffect => false;

    /// <summary>Reads <c>name: command</c>.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="heal">The command that undoes it; null if nothing does.</param>
    /// <returns>The fault; null when the text is not of that form.</returns>
    public static CommandFault? Parse(string text, string? heal) =>
        Form().Match(text) is { Success: true } match ? new CommandFault(match.Groups["name"].Value, match.Groups["command"].Value, heal) : null;

    /// <summary>Whether a command is to be run for each node.</summary>
    public static bool ConcernsNodes(string command) => command.Contains(NodePlace, StringComparison.Ordinal);

    /// <summary>Whether a name can be put into a command as it is.</summary>
    public static bool IsNodeName(string text) => NodeName().IsMatch(text);

    /// <inheritdoc/>
    public Task InjectAsync(string? node, CancellationToken cancellationToken) => RunAsync(command, node, cancellationToken);

    /// <inheritdoc/>
    public Task HealAsync(string? node, CancellationToken cancellationToken) =>
        heal is null || (node is null && ConcernsNodes(heal)) ? Task.CompletedTask : RunAsync(heal, node, cancellationToken);

    /// <summary>Runs a command by the shell.</summary>
    /// <exception cref="LabException">It did not end with 0.</exception>
    internal static async Task RunAsync(string command, string? node, CancellationToken cancellationToken)
    {
        var filled = command.Replace(NodePlace, node, StringComparison.Ordinal);
        var result = await CliWrap.Cli.Wrap("/bin/sh").WithArguments(["-c", filled]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode is not 0)
        {
            // The command itself may hold a secret, and what is said here goes into a report.
            throw new LabException($"the command ended with {result.ExitCode}: {CommandLine.Redact((result.StandardError + result.StandardOutput).Trim())}");
        }
    }

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z0-9][A-Za-z0-9_-]*)\s*:\s+(?<command>\S.*)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.@-]*$")]
    private static partial Regex NodeName();
}
