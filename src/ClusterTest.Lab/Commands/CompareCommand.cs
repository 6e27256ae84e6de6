using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary><c>compare</c>: the same drill on several topologies, and one table.</summary>
internal static class CompareCommand
{
    internal static Command Create(LabOptions options)
    {
        var command = new Command(
            "compare",
            "Run the same short drill on several topologies, one after the other, and show them side by side: what was measured, and what is known of each. "
            + "The lab must not be up. Exit codes as for drill.");
        var on = On();
        var syntax = new DrillSyntax();
        command.Options.Add(on);
        syntax.AddToComparison(command);
        command.SetAction(CommandRunner.For(options, (parsed, scope, cancellationToken) =>
        {
            var named = parsed.GetValue(on);
            var contenders = named ?? Contender.All;
            return RunAsync(
                scope, topology => options.Labs(parsed, topology), contenders, syntax.BindComparison(parsed, contenders, named is not null), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandScope scope,
        Func<Topology, LabChoice> labsOf,
        IReadOnlyList<Contender> contenders,
        DrillOptions drill,
        CancellationToken cancellationToken)
    {
        // The engine is chosen once: numbers of different engines cannot be compared.
        var first = await scope.Labs.ChooseAsync(scope.Lines, cancellationToken);
        using var held = DrillLock.Take(first.StateDirectory);
        if (await first.IsUpAsync(cancellationToken))
        {
            throw new LabException(
                $"The lab in {first.StateDirectory} is up as {first.Topology.Name}. A comparison starts and ends each topology itself: "
                + "end the lab with ./lab down, or give another --state-dir and another --port-base.");
        }

        return await scope.Host.RunAsync(
            progress => new LabsInTurn(
                variant => labsOf(contenders.Single(contender => contender.Name == variant.Name).Topology).On(first.Engine),
                drill.Faults,
                progress,
                scope.Time).RunAsync,
            drill,
            cancellationToken);
    }

    private static Option<IReadOnlyList<Contender>?> On() => new("--on")
    {
        Description = "Compare these: " + string.Join(
            "; ",
            Contender.All.Select(static contender =>
                $"{contender.Name} is {contender.Topology.Help}{(contender.Name == contender.Topology.Name ? "" : ", with a classic queue")}"))
            + ". [default: all of them]",
        HelpName = "NAME,…",
        CompletionSources = { static _ => Contender.All.Select(static contender => new CompletionItem(contender.Name)) },
        CustomParser = Read,
    };

    private static IReadOnlyList<Contender>? Read(ArgumentResult result)
    {
        List<string> names = [.. result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries).Distinct()];
        foreach (var unknown in names.Except(Contender.All.Select(static contender => contender.Name)))
        {
            result.AddError($"--on: '{unknown}' is not one of {string.Join(", ", Contender.All.Select(static contender => contender.Name))}.");
        }

        return [.. Contender.All.Where(contender => names.Contains(contender.Name)).OrderBy(contender => names.IndexOf(contender.Name))];
    }
}
