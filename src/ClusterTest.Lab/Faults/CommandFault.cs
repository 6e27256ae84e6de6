using System.Text.RegularExpressions;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault that is a shell command of the user's own, such as <c>ssh {node} rabbitmqctl stop_app</c>.</summary>
/// <param name="name">The name of the fault.</param>
/// <param name="command">The command.</param>
/// <param name="recovery">How the fault is undone.</param>
/// <param name="time">The clock.</param>
/// <remarks>The lab does not know what the command does: the fault counts as effective when the command ends with exit code 0.</remarks>
public sealed partial class CommandFault(string name, string command, CommandRecovery recovery, TimeProvider time) : IFault
{
    private const string NodePlace = "{node}";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public FaultTarget Target => ConcernsNodes(command) ? FaultTarget.Node : FaultTarget.Cluster;

    /// <inheritdoc/>
    public bool StopsEverybody => false;

    /// <inheritdoc/>
    public bool ChecksEffect => false;

    /// <inheritdoc/>
    public bool TakesMessages => false;

    /// <inheritdoc/>
    public bool LimitsItself => false;

    /// <inheritdoc/>
    public bool IsOverWhenEffective => false;

    /// <inheritdoc/>
    public bool StaysBroken => recovery is { Heal: null, HealsItself: false };

    /// <summary>Reads <c>name: command</c>.</summary>
    /// <param name="text">The text that the user wrote.</param>
    /// <param name="recovery">How the fault is undone.</param>
    /// <returns>The fault; null if the text does not have that form.</returns>
    public static CommandFault? Parse(string text, CommandRecovery recovery) => Parse(text, recovery, TimeProvider.System);

    /// <summary>Whether a command contains <c>{node}</c>, so that it is run for each node.</summary>
    public static bool ConcernsNodes(string command) => command.Contains(NodePlace, StringComparison.Ordinal);

    /// <summary>Whether a name can be put into a command as it is.</summary>
    public static bool IsNodeName(string text) => NodeName().IsMatch(text);

    /// <inheritdoc/>
    public Task InjectAsync(string? node, CancellationToken cancellationToken) => ShellCommand.RunAsync(For(node, command), cancellationToken);

    /// <inheritdoc/>
    public async Task HealAsync(string? node, CancellationToken cancellationToken)
    {
        await recovery.HealAsync(node, cancellationToken);
        await recovery.WaitUntilReadyAsync(node, time, cancellationToken);
    }

    internal static CommandFault? Parse(string text, CommandRecovery recovery, TimeProvider time) =>
        Form().Match(text) is { Success: true } match ? new CommandFault(match.Groups["name"].Value, match.Groups["command"].Value, recovery, time) : null;

    internal static string For(string? node, string command) => command.Replace(NodePlace, node, StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z0-9][A-Za-z0-9_-]*)\s*:\s+(?<command>\S.*)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.@-]*$")]
    private static partial Regex NodeName();
}
