using CliWrap;

namespace ClusterTest.Lab.Machine;

/// <summary>Programs that do not belong to the terminal: a Ctrl-C there, or its end, is for this program to hear, and not for what it has begun.</summary>
internal static class OwnSession
{
    private const string Starter = "setsid";

    /// <summary>A program in a session of its own, whose id is the program's; where a machine cannot do that, just the program.</summary>
    internal static Command Wrap(string program, params IEnumerable<string> arguments) => MachinePrograms.Find(Starter) is { } starter
        ? CliWrap.Cli.Wrap(starter).WithArguments([program, .. arguments])
        : CliWrap.Cli.Wrap(program).WithArguments(arguments);
}
