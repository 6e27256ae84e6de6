using System.CommandLine;
using System.CommandLine.Invocation;

namespace ClusterTest.Cli;

/// <summary>Runs a command line the same way in all programs.</summary>
public static class CommandLine
{
    // Stopping takes at most the drain timeout (5 s) and what closing takes after it; the process must not be ended under it.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Parses and runs. An error in the command line is one line a fault, without the whole help behind it.</summary>
    /// <param name="root">The program's command.</param>
    /// <param name="arguments">The command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
        }

        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
    }
}
