using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Commands;

/// <summary>Turns what an action throws into a line and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Makes an action that works on the lab that the command line means.</summary>
    internal static Func<ParseResult, CancellationToken, Task<int>> For(
        LabOptions options, Func<ParseResult, CommandScope, CancellationToken, Task<int>> action) =>
        For(options, (parsed, cancellationToken) => action(parsed, new CommandScope(options.Labs(parsed), TimeProvider.System), cancellationToken));

    /// <summary>Makes an action that needs no lab.</summary>
    internal static Func<ParseResult, CancellationToken, Task<int>> For(
        LabOptions options, Func<ParseResult, CancellationToken, Task<int>> action) => async (parsed, cancellationToken) =>
    {
        try
        {
            return await action(parsed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CommandLine.ComplainAsync("Interrupted. What this command had started is ended.");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (exception is LabException or EvidenceException or IOException or UnauthorizedAccessException)
        {
            await CommandLine.ComplainAsync(options.IsVerbose(parsed) ? exception.ToString() : exception.Message);
            return ExitCode.Fatal;
        }
    };
}
