using CliWrap;

namespace ClusterTest.Lab.Machine;

/// <summary>
/// Runs programs apart from the terminal: a Ctrl-C in the terminal, or the terminal's end, reaches this program, but not the programs that it has started.
/// </summary>
internal static class OwnSession
{
    private const string Starter = "setsid";

    /// <summary>
    /// A command that runs a program in its own session, whose id is the id of the program's process. On a machine without <c>setsid</c>, a command that
    /// only runs the program.
    /// </summary>
    internal static Command Wrap(string program, params IEnumerable<string> arguments) => MachinePrograms.Find(Starter) is { } starter
        ? CliWrap.Cli.Wrap(starter).WithArguments([program, .. arguments])
        : CliWrap.Cli.Wrap(program).WithArguments(arguments);
}
