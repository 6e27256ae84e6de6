using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Commands;

/// <summary>Runs the action of a command, and turns an exception into a message and an exit code.</summary>
internal static class CommandRunner
{
    private const string Ended = "This command has ended everything that it had started.";

    /// <summary>An action that works on the lab that the command line names.</summary>
    /// <param name="options">The options of every command.</param>
    /// <param name="action">The action.</param>
    /// <param name="interrupted">What an action that the user interrupts leaves behind, as a sentence.</param>
    internal static Func<ParseResult, CancellationToken, Task<int>> For(
        LabOptions options, Func<ParseResult, CommandScope, CancellationToken, Task<int>> action, string interrupted = Ended) => For(
            options,
            (parsed, cancellationToken) => action(parsed, new CommandScope(options.Labs(parsed), TimeProvider.System), cancellationToken),
            interrupted);

    /// <summary>An action that needs no lab.</summary>
    internal static Func<ParseResult, CancellationToken, Task<int>> For(
        LabOptions options, Func<ParseResult, CancellationToken, Task<int>> action, string interrupted = Ended) => async (parsed, cancellationToken) =>
    {
        try
        {
            return await action(parsed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CommandLine.ComplainAsync($"Interrupted. {interrupted}");
            return ExitCode.Interrupted;
        }
        catch (UsageException exception)
        {
            await CommandLine.ComplainAsync($"{parsed.RootCommandResult.Command.Name}: {exception.Message}");
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is LabException or EvidenceException or IOException or UnauthorizedAccessException)
        {
            await CommandLine.ComplainAsync(options.IsVerbose(parsed) ? exception.ToString() : exception.Message);
            return ExitCode.Fatal;
        }
    };
}
