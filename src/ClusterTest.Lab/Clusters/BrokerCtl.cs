using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;

namespace ClusterTest.Lab.Clusters;

/// <summary>Runs rabbitmqctl, and the tools beside it, against a node of a native cluster.</summary>
internal sealed class BrokerCtl(NativeClusterOptions options, NativeLayout layout)
{
    /// <summary>The tool for nearly everything.</summary>
    internal const string Ctl = "rabbitmqctl";

    /// <summary>The tool that puts a node under maintenance.</summary>
    internal const string Upgrade = "rabbitmq-upgrade";

    private const string Role = "ctl";

    /// <summary>Runs a tool and keeps what it says.</summary>
    internal async Task<CtlResult> RunAsync(string tool, string node, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var result = await CliWrap.Cli.Wrap(PathOf(tool))
            .WithArguments(arguments)
            .WithEnvironmentVariables(EnvironmentFor(node))
            .WithWorkingDirectory(layout.Root)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        return new CtlResult(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    /// <summary>Runs rabbitmqctl with this program's own input, output and error.</summary>
    internal async Task<int> PassThroughAsync(string node, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(PathOf(Ctl), arguments);
        foreach (var (name, value) in EnvironmentFor(node))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return process.ExitCode;
    }

    private string PathOf(string tool) => Path.Combine(Path.GetDirectoryName(options.BrokerProgram)!, tool);

    private Dictionary<string, string?> EnvironmentFor(string node)
    {
        var environment = BrokerEnvironment.ForCtl(layout, options.Ports, node);
        environment[LabProcesses.LabVariable] = layout.Root;
        environment[LabProcesses.RoleVariable] = Role;
        return environment;
    }
}
