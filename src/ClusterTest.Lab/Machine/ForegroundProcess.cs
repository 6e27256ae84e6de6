using System.Diagnostics;

namespace ClusterTest.Lab.Machine;

/// <summary>Runs a program with this program's own input, output and error.</summary>
internal static class ForegroundProcess
{
    /// <summary>Runs a program to its end, or kills it when the token is cancelled.</summary>
    /// <returns>The exit code of the program.</returns>
    internal static async Task<int> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
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
}
