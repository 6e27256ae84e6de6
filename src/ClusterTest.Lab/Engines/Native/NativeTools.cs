using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>Runs rabbitmqctl, and the tools beside it, on a node of a native lab.</summary>
internal sealed class NativeTools(NativeClusterOptions options, NativeLayout layout)
{
    private const string Role = "ctl";

    /// <summary>Runs a tool and returns its exit code and its output.</summary>
    internal async Task<CtlResult> RunAsync(string tool, string node, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var result = await OwnSession.Wrap(PathOf(tool, node), arguments)
            .WithEnvironmentVariables(EnvironmentFor(node))
            .WithWorkingDirectory(layout.Root)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        return new CtlResult(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    /// <summary>Runs a tool with this program's own input, output and error.</summary>
    internal Task<int> PassThroughAsync(string tool, string node, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(PathOf(tool, node), arguments);
        foreach (var (name, value) in EnvironmentFor(node))
        {
            start.Environment[name] = value;
        }

        return ForegroundProcess.RunAsync(start, cancellationToken);
    }

    private string PathOf(string tool, string node) => Path.Combine(Path.GetDirectoryName(options.BrokerProgramOf(node))!, tool);

    private Dictionary<string, string?> EnvironmentFor(string node)
    {
        var environment = BrokerEnvironment.ForCtl(layout, options.Ports, node);
        environment[LabProcesses.LabVariable] = layout.Root;
        environment[LabProcesses.RoleVariable] = Role;
        return environment;
    }
}
