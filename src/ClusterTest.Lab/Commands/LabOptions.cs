using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;

namespace ClusterTest.Lab.Commands;

/// <summary>The options that every command takes: which lab is meant.</summary>
internal sealed class LabOptions
{
    private readonly Option<string?> _stateDirectory = new("--state-dir")
    {
        Description = "Where the lab keeps its state, and what tells labs apart. [default: .lab/native in the repository]",
        HelpName = "DIRECTORY",
        Recursive = true,
    };

    private readonly Option<int?> _portBase = WithRecursion(OptionParsing.Number<int>(
        "--port-base",
        $"Port of the balancer; all other ports move along with it. [default: {NativePorts.DefaultBase}, or what the lab was started with]",
        NativePorts.LeastBase,
        NativePorts.GreatestBase,
        "a port"));

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show where in the program an error came from.", Recursive = true };

    /// <summary>Adds all of them to a command and to those below it.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(_stateDirectory);
        command.Options.Add(_portBase);
        command.Options.Add(_verbose);
    }

    internal bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);

    /// <summary>The lab that the command line means.</summary>
    internal NativeCluster Cluster(ParseResult parsed)
    {
        var root = RepositoryRoot.Find();
        var options = NativeClusterOptions.Load(
            Path.GetFullPath(parsed.GetValue(_stateDirectory) ?? Path.Combine(root, ".lab", "native")),
            Path.Combine(root, "haproxy.cfg"));
        return new NativeCluster(parsed.GetValue(_portBase) is { } portBase ? options with { Ports = NativePorts.FromBase(portBase) } : options);
    }

    private static Option<T> WithRecursion<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
