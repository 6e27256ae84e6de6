using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>A program of the user's own that a drill runs in place of one of ours. It writes the same event lines: docs/events.md.</summary>
/// <param name="Option">The option of the command line that names the program.</param>
/// <param name="Source">Which of our programs it stands in for, as in <see cref="EventWriter"/>.</param>
/// <param name="Command">The command that starts it, for the shell.</param>
internal sealed record Client(string Option, string Source, string Command)
{
    /// <summary>Where the end of a message sends whoever wrote the program.</summary>
    internal const string Advice = "docs/events.md says what a client writes, and when.";

    /// <summary>The option for a consumer.</summary>
    internal const string ConsumerOption = "--client";

    /// <summary>The option for a producer.</summary>
    internal const string ProducerOption = "--client-producer";

    /// <summary>The name that its connection should have, so that the lab finds the node that it is on.</summary>
    internal const string NameVariable = "CLUSTER_TEST_CLIENT_NAME";

    /// <summary>The clock that it names in its first line, if it runs on this machine.</summary>
    internal const string ClockVariable = "CLUSTER_TEST_CLOCK";

    private const string Prefix = "CLUSTER_TEST_";

    /// <summary>What messages call the program. They do not quote the command, since they stand in reports, and the command may contain a secret.</summary>
    internal string Name => $"The program of {Option}";

    /// <summary>The environment for a client: each option that our program would get, as in <c>CLUSTER_TEST_QUEUE</c> for <c>--queue</c>.</summary>
    /// <param name="environment">The environment of our program.</param>
    /// <param name="options">The options of our program: each name is followed by its value.</param>
    internal static Dictionary<string, string?> EnvironmentOf(IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> options)
    {
        var all = new Dictionary<string, string?>(environment) { [ClockVariable] = MachineClock.Id };
        foreach (var option in options.Chunk(2))
        {
            all[Prefix + option[0].TrimStart('-').Replace('-', '_').ToUpperInvariant()] = option[1];
        }

        return all;
    }
}
